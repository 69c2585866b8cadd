// The keys of the security log: to what went wrong, to what belongs together, to what it is about; notes, and the timeline made of them.

import type { LogEntry } from '../../src/security-log/entry.ts';
import type { LiveLog, LogRow, LogView } from '../../src/security-log/live-log.ts';
import { rank } from '../../src/security-log/log-filter.ts';
import { planeSource, planeSources } from '../../src/security-log/plane-source.ts';
import { timelineOf, writeTimeline } from '../../src/security-log/timeline.ts';
import { moveTo, windowOf } from '../../src/state/list.ts';
import { ours, type Printable } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import { type Dashboard, useDashboard } from '../dashboard-context.ts';
import type { Binding } from '../keys/keymap.ts';
import { useKeys } from '../keys/use-keys.ts';
import { Form } from '../widgets/form.tsx';
import type { ListStore } from '../widgets/use-list.ts';
import { own, words } from '../words.ts';

export type LogKeys = {
  log: LiveLog;
  list: ListStore;
  view: LogView;
  height: number;
  around: number;
  setAround(around: number): void;
};

export function useLogKeys({ log, list, view, height, around, setAround }: LogKeys): void {
  const dashboard = useDashboard();
  const { shell } = dashboard;
  const jump = (direction: 1 | -1, fits: (row: LogRow) => boolean, what: Printable) => () => {
    const { index } = windowOf(list.getState(), view, height);
    const id = view.idAt(view.nextWhere(index, direction, fits));
    if (id === undefined) shell.say(direction === 1 ? words`No ${what} below` : words`No ${what} above`);
    else
      list.setState((state) => ({
        ...moveTo({ ...state, isFollowing: false, cursorId: view.idAt(index) ?? null }, view, height, id),
        isFollowing: false,
      }));
  };
  const current = (): LogRow | undefined => view.at(windowOf(list.getState(), view, height).index);
  const onEntry = (then: (entry: LogEntry, row: LogRow) => void) => () => {
    const row = current();
    if (row?.item.kind === 'entry') then(row.item.entry, row);
    else shell.say(ours('This row is no line of a log'));
  };
  const filterBy = (term: string) => list.setState({ filter: term, filterBefore: null });

  useKeys(
    [
      {
        ...bind('error', 'e', 'error', 'Go to the next error, gap or broken chain', jump(1, isError, ours('error'))),
        footer: 2,
      },
      bind('error-before', 'E', 'error', 'Go to the error before', jump(-1, isError, ours('error'))),
      bind('warning', 'w', 'warning', 'Go to the next warning', jump(1, isWarning, ours('warning'))),
      bind('warning-before', 'W', 'warning', 'Go to the warning before', jump(-1, isWarning, ours('warning'))),
      bind('burst', 's', 'burst', 'Go to the next change of rate', jump(1, rateChange(view), ours('change of rate'))),
      bind(
        'correlation',
        'c',
        'correlation',
        'Show only lines of the same correlation id, from all sources',
        onEntry((entry) => {
          if (entry.correlationId === null) shell.say(ours('This line has no correlation id'));
          else filterBy(`correlation=${entry.correlationId}`);
        }),
      ),
      bind(
        'zoom',
        'z',
        'zoom',
        'Show only the ten minutes around this line; again, the one minute; again, everything',
        onEntry((entry) => zoom(entry, list, shell.say)),
      ),
      bind(
        'around',
        'x',
        'context',
        around > 0 ? 'Hide the lines around those that fit' : 'Show the lines around those that fit',
        () => setAround(around > 0 ? 0 : AROUND),
      ),
      bind(
        'subject',
        'O',
        'go to',
        'Open what the line is about: the MCP server, the event, or the agent',
        onEntry((entry) => openSubject(entry, dashboard)),
      ),
      bind(
        'json',
        'Y',
        'copy JSON',
        'Copy the line exactly as it was written',
        onEntry((entry) => dashboard.copy(entry.raw, ours('the line'))),
      ),
      bind(
        'note',
        'n',
        'note',
        'Put a note on this line and mark it',
        onEntry((entry, row) => noteDialog(log, list, row, entry, dashboard)),
      ),
      bind(
        'plane',
        'P',
        'control plane',
        'Show the events and the audit log of the control plane between the lines, or no longer',
        () => togglePlane(log, dashboard),
      ),
      bind('timeline', 'T', 'timeline', 'Write the marked lines, with their notes, as an incident timeline', () =>
        saveTimeline(log, list, dashboard),
      ),
    ],
    { id: 'logs' },
  );
}

const bind = (id: string, key: string, label: string, summary: string, run: () => void): Binding => ({
  id: `logs.${id}`,
  keys: [key],
  label: own(label),
  summary: own(summary),
  run,
});

const isError = ({ item }: LogRow): boolean =>
  item.kind === 'notice' ? item.notice !== 'rotated' : rank(item.entry.severity) >= rank('ERROR');
const isWarning = ({ item }: LogRow): boolean => item.kind === 'entry' && item.entry.severity === 'WARNING';

/** A line that came after a pause ten times as long as usual, or the first of a burst that is ten times as dense. */
function rateChange(view: LogView): (row: LogRow) => boolean {
  const timeOf = (row: LogRow | undefined) =>
    row?.item.kind === 'entry' && row.item.entry.time ? Date.parse(row.item.entry.time) : null;
  return (row) => {
    const index = view.indexOf(row.key);
    const [far, before, now, next] = [index - 10, index - 1, index, index + 10].map((at) => timeOf(view.at(at)));
    if (now == null) return false;
    const usual = before != null && far != null ? (before - far) / 9 : null;
    if (before != null && usual !== null && now - before > Math.max(1000, usual * 10)) return true;
    const coming = next != null ? (next - now) / 10 : null;
    return usual !== null && coming !== null && usual > 1000 && coming * 10 < usual;
  };
}

function zoom({ time }: LogEntry, list: ListStore, say: (text: Printable) => void): void {
  if (time === null) {
    say(ours('This line has no time'));
    return;
  }
  const { filter } = list.getState();
  const rest = filter.replaceAll(/(?:^| )(?:since|until):\S+/g, '').trim();
  const shown = /since:(\S+) until:(\S+)/.exec(filter);
  const width = shown ? Date.parse(shown[2] ?? '') - Date.parse(shown[1] ?? '') : Number.POSITIVE_INFINITY;
  const half = width > 600_000 ? 300_000 : width > 60_000 ? 30_000 : null;
  const at = Date.parse(time);
  const slice = half === null ? '' : `since:${new Date(at - half).toISOString()} until:${new Date(at + half).toISOString()}`;
  list.setState({ filter: `${rest} ${slice}`.trim(), filterBefore: null });
}

function openSubject({ details, category, correlationId, agentId, agentName, type }: LogEntry, { shell }: Dashboard): void {
  const server = details['server_id'];
  if (typeof server === 'string')
    shell.go('mcp-server', server, visible(String(details['server_name'] ?? server), { max: 40 }));
  else if (correlationId !== null && category === 'AUTHZ')
    shell.go('event', correlationId, visible(type ?? correlationId, { max: 40 }));
  else if (agentId !== null) shell.go('agent', agentId, visible(agentName ?? agentId, { max: 40 }));
  else shell.say(ours('This line names no agent, event or MCP server'));
}

function noteDialog(log: LiveLog, list: ListStore, row: LogRow, entry: LogEntry, { shell }: Dashboard): void {
  shell.open({
    kind: 'dialog',
    rows: 10,
    render: ({ width, height, close }) => (
      <Form
        name="log-note"
        title={words`Note on ${visible(entry.type ?? entry.format, { max: 40 })}`}
        fields={[{ name: 'note', label: ours('Note'), initial: log.notes.get(row.key) }]}
        verb={ours('keep')}
        width={width}
        height={height}
        onSubmit={async ({ note = '' }) => {
          if (note.trim() === '') log.notes.delete(row.key);
          else log.notes.set(row.key, note.trim());
          list.setState(({ marked }) => ({ marked: new Set([...marked, row.key]) }));
          close();
        }}
        onCancel={close}
      />
    ),
  });
}

function togglePlane(log: LiveLog, { context, shell }: Dashboard): void {
  if (log.includes('events')) {
    for (const name of planeSources) log.exclude(name);
    shell.say(ours('No further lines of the control plane come between these'));
    return;
  }
  try {
    for (const name of planeSources) log.include(planeSource(name, context.api));
    shell.say(ours('The events and the audit log of the control plane come between the lines'));
  } catch {
    shell.say(ours('Sign in first: there is no control plane to ask'), 'warning');
  }
}

function saveTimeline(log: LiveLog, list: ListStore, { shell, context, now }: Dashboard): void {
  const rows = [...list.getState().marked].map((key) => log.find(key)).filter((row) => row !== undefined);
  const items = rows.flatMap(({ key, item }) =>
    item.kind === 'entry' ? [{ entry: item.entry, note: log.notes.get(key) ?? null }] : [],
  );
  if (items.length === 0) {
    shell.say(ours('Mark lines first: space, or n for a note'));
    return;
  }
  try {
    const path = writeTimeline(timelineOf('Incident timeline', items), context.settings.paths.state, now());
    shell.say(words`Wrote ${visible(path)} and .json`, 'good');
  } catch (error) {
    shell.say(words`It could not be written: ${visible(error instanceof Error ? error.message : String(error))}`, 'bad');
  }
}

const AROUND = 3;
