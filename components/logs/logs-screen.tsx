// The security log as it grows: what was written, by whom, and what is missing; one line of it in full.

import { Box } from 'ink';
import { useMemo } from 'react';
import { knownLogs } from '../../src/security-log/known-logs.ts';
import { type LiveLog, type LogRow, LogView, openLiveLog } from '../../src/security-log/live-log.ts';
import { rank } from '../../src/security-log/log-filter.ts';
import { moveTo, windowOf } from '../../src/state/list.ts';
import { ours, type Printable } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import { type Dashboard, useDashboard } from '../dashboard-context.ts';
import type { Binding } from '../keys/keymap.ts';
import { useKeys } from '../keys/use-keys.ts';
import type { Runs } from '../paint.ts';
import type { Screen, ScreenProps } from '../screen.ts';
import type { Selection } from '../shell/shell.ts';
import { useEachFrame } from '../use-frame.ts';
import { List } from '../widgets/list.tsx';
import { type ListStore, useListState, useListStore } from '../widgets/use-list.ts';
import { own, words } from '../words.ts';
import { logColumns } from './log-columns.ts';
import { LogEntryDetail } from './log-entry-detail.tsx';
import { LogSummary } from './log-summary.tsx';

function Logs({ width, height, of }: ScreenProps) {
  const dashboard = useDashboard();
  const log = liveLogOf(dashboard);
  useEachFrame();
  const row = of === null ? undefined : log.find(of);
  if (of !== null) return <LogEntryDetail row={row} width={width} height={height} />;
  return <LogList log={log} width={width} height={height} />;
}

/** One for the life of the dashboard, so that nothing is missed while another screen is open. */
export function liveLogOf({ shell, context, clock }: Dashboard): LiveLog {
  return shell.memory('logs', () => {
    const { existing, expected } = knownLogs(context.io.env, context.settings.paths);
    const log = openLiveLog([...new Set([...expected, ...existing])], { changed: () => clock.changed() });
    context.signal.addEventListener('abort', () => log.close());
    return log;
  });
}

function LogList({ log, width, height }: { log: LiveLog; width: number; height: number }) {
  const { shell, now } = useDashboard();
  const list = useListStore('logs', { isFollowing: true });
  const { filter, pausedAt } = useListState(list);
  const view = useMemo(() => new LogView(log.rows, filter, now()), [log, filter, now]).update(pausedAt);
  const open = (row: LogRow) => shell.go('logs', row.key, titleOf(row));
  useLogKeys(list, view, height - 3);
  return (
    <Box flexDirection="column" width={width} height={height}>
      <LogSummary log={log} view={view} width={width} />
      <List
        list={list}
        rows={{ rows: view, error: view.error }}
        columns={logColumns}
        width={width}
        height={height - 1}
        onOpen={open}
        select={selectionOf}
        follows
        empty={log.failure === null ? EMPTY : [[{ text: visible(log.failure), tone: 'bad' }]]}
      />
    </Box>
  );
}

function useLogKeys(list: ListStore, view: LogView, height: number): void {
  const { shell } = useDashboard();
  const jump = (direction: 1 | -1, fits: (row: LogRow) => boolean, what: Printable) => () => {
    const { index } = windowOf(list.getState(), view, height);
    const found = view.nextWhere(index, direction, fits);
    const id = view.idAt(found);
    if (found < 0 || id === undefined) shell.say(direction === 1 ? words`No ${what} below` : words`No ${what} above`);
    else list.setState((state) => ({ ...moveTo(state, view, height, id), isFollowing: false, cursorId: id }));
  };
  const current = () => view.at(windowOf(list.getState(), view, height).index);
  const bindings: Binding[] = [
    { ...bind('e', 'error', 'Go to the next error, gap or broken chain', jump(1, isError, ours('error'))), footer: 2 },
    bind('E', 'error before', 'Go to the error before', jump(-1, isError, ours('error'))),
    bind('w', 'warning', 'Go to the next warning', jump(1, isWarning, ours('warning'))),
    bind('W', 'warning before', 'Go to the warning before', jump(-1, isWarning, ours('warning'))),
    bind('c', 'correlation', 'Show only lines of the same correlation id, in all sources', () => {
      const item = current()?.item;
      const id = item?.kind === 'entry' ? item.entry.correlationId : null;
      if (id === null) shell.say(ours('This line has no correlation id'));
      else list.setState({ filter: `correlation=${id}`, filterBefore: null });
    }),
  ];
  useKeys(bindings, { id: 'logs' });
}

const bind = (key: string, label: string, summary: string, run: () => void): Binding => ({
  id: `logs.${label.replaceAll(' ', '-')}`,
  keys: [key],
  label: own(label),
  summary: own(summary),
  run,
});

const isError = ({ item }: LogRow): boolean =>
  item.kind === 'notice' ? item.notice !== 'rotated' : rank(item.entry.severity) >= rank('ERROR');
const isWarning = ({ item }: LogRow): boolean => item.kind === 'entry' && item.entry.severity === 'WARNING';

const titleOf = ({ item }: LogRow): Printable =>
  item.kind === 'notice' ? own(item.notice) : visible(item.entry.type ?? item.entry.format, { max: 40 });

function selectionOf(row: LogRow): Selection | null {
  return { subject: 'log-entry', value: row.key, label: titleOf(row) };
}

const EMPTY: readonly Runs[] = [
  [ours('  No line yet.')],
  [{ text: ours('  Set AIM_SECURITY_LOG_FILE where your agents run, and here, to see what they log.'), tone: 'muted' }],
  [{ text: ours('  The demo (d on tab 1) writes a log that is shown here.'), tone: 'muted' }],
];

export const logsScreen: Screen = { id: 'logs', title: ours('Logs'), tab: 6, Component: Logs };
