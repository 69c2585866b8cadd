// The queue of requests that wait for a person: first in, first out. A decision is made in the panel, never on a row.

import { Box } from 'ink';
import { useEffect, useMemo, useState } from 'react';
import { whyNotBulk } from '../../src/state/approvals/bulk.ts';
import type { Approvals } from '../../src/state/approvals/create-approvals.ts';
import { groupsOf } from '../../src/state/approvals/groups.ts';
import type { Verb } from '../../src/state/approvals/model.ts';
import { isMuted } from '../../src/state/approvals/mutes.ts';
import { approvedLastHour, medianSeconds } from '../../src/state/approvals/pace.ts';
import { isWaiting, newCount, type QueueRow, waitingCount } from '../../src/state/approvals/queue.ts';
import { isDown } from '../../src/state/link.ts';
import { ours, type Printable } from '../../src/text/brand.ts';
import { counted, say } from '../../src/text/say.ts';
import { countdown } from '../../src/text/time.ts';
import { visible } from '../../src/text/visible.ts';
import { useDashboard } from '../dashboard-context.ts';
import type { Binding } from '../keys/keymap.ts';
import { useKeys } from '../keys/use-keys.ts';
import { Line } from '../line.tsx';
import type { Runs } from '../paint.ts';
import type { Screen, ScreenProps } from '../screen.ts';
import type { Selection } from '../shell/shell.ts';
import { useEachFrame } from '../use-frame.ts';
import { List } from '../widgets/list.tsx';
import { useListStore, useRows } from '../widgets/use-list.ts';
import { runningApprovals, useApprovals } from './approvals-store.ts';
import { BulkDialog } from './bulk-dialog.tsx';
import { GrantsList } from './grants-list.tsx';
import { endsSoon, queueColumns } from './queue-columns.ts';

function ApprovalsScreen(props: ScreenProps) {
  const { shell } = useDashboard();
  const [view, setView] = useState(() => shell.memory<'queue' | 'grants'>('approvals:view', () => 'queue'));
  const other = view === 'queue' ? 'grants' : 'queue';
  const toggle: Binding = {
    id: 'approvals.view',
    keys: ['v'],
    label: ours(other),
    summary: ours('Change between what waits and what is granted'),
    footer: 4,
    run: () => {
      shell.remember('approvals:view', other);
      setView(other);
    },
  };
  useKeys([toggle], { id: 'approvals:view', level: 'widget' });
  return view === 'queue' ? <ApprovalsQueue {...props} /> : <GrantsList width={props.width} height={props.height} />;
}

function ApprovalsQueue({ width, height }: ScreenProps) {
  const { shell, clock, now, theme, state } = useDashboard();
  const { approvals, model } = useApprovals();
  useEachFrame();
  const isStale = isDown(state.link.getState());
  useEffect(() => clock.tickEvery(1000), [clock]);
  // Whoever comes back to the queue has not looked at a row yet: this is the one moment to put it in order.
  useEffect(() => approvals.dispatch({ kind: 'tidied' }), [approvals]);
  const same = useMemo(
    () =>
      new Map(
        groupsOf(model.queue.rows, approvals.verdictFor).flatMap(({ rows: members }) =>
          members.map(({ id }) => [id, members.length]),
        ),
      ),
    [model.queue.rows, approvals],
  );
  const columns = useMemo(
    () =>
      queueColumns({
        now,
        model: approvals.get,
        verdictFor: approvals.verdictFor,
        signed: theme.glyphs.allowed as Printable,
        sameAs: (row) => same.get(row.id) ?? 1,
      }),
    [now, approvals, same, theme],
  );
  const list = useListStore('approvals', { isFollowing: false });
  const rows = useRows(list, model.queue.rows, columns, idOf);

  const show = (id: QueueRow['id'], to: 'read' | 'deny') => {
    const row = model.queue.rows.find((candidate) => candidate.id === id);
    approvals.open(id, to).catch((error: Error) => shell.say(say`${error.message}`, 'bad'));
    shell.go('approval', id, visible(row?.request.agentName ?? id, { max: 40 }));
  };
  // Marks are counted from the queue, not from what the filter leaves: what is hidden is listed too.
  const decideTogether = (verb: Verb) => {
    const marked = list.getState().marked;
    const row = selected();
    const group = row && groupsOf(model.queue.rows, approvals.verdictFor).find(({ rows: members }) => members.includes(row));
    const ids =
      marked.size > 0
        ? model.queue.rows.filter(({ id }) => marked.has(id)).map(({ id }) => id)
        : (group?.rows ?? []).map(({ id }) => id);
    approvals.openBulk(ids, verb);
    const { bulk, inFlight } = approvals.get();
    const refusal = whyNotBulk(verb, bulk?.items ?? [], inFlight);
    if (refusal !== null) {
      approvals.dispatch({ kind: 'bulk-closed' });
      return shell.say(refusal, 'warning');
    }
    const shownIds = new Set(Array.from({ length: rows.rows.length }, (_, at) => rows.rows.idAt(at)));
    const hidden = new Set(ids.filter((id) => !shownIds.has(id)));
    shell.open({ kind: 'dialog', render: (props) => <BulkDialog hidden={hidden} {...props} /> });
  };
  const selected = () => model.queue.rows.find(({ id }) => id === shell.getState().selection?.value);
  const bindings: Binding[] = [
    {
      id: 'approvals.deny',
      keys: ['d'],
      label: ours('deny'),
      summary: ours('Open the request under the cursor, ready to be denied with a reason'),
      footer: 2,
      run: ({ lone, repeat }) => {
        const row = selected();
        if (row !== undefined && lone && !repeat) show(row.id, 'deny');
      },
    },
    {
      id: 'approvals.bulk-approve',
      keys: ['B'],
      label: ours('approve group'),
      summary: ours('Approve identical requests together: the marked ones, else the group of the row'),
      run: () => decideTogether('approve'),
    },
    {
      id: 'approvals.bulk-deny',
      keys: ['D'],
      label: ours('deny marked'),
      summary: ours('Deny the marked requests, or the group of the row, with one reason'),
      ...(list.getState().marked.size > 0 ? { footer: 3 } : {}),
      run: () => decideTogether('deny'),
    },
    {
      id: 'approvals.mute',
      keys: ['M'],
      label: ours('mute'),
      summary: ours('Do not count this agent for an hour, or count it again'),
      run: () => {
        const row = selected();
        if (row !== undefined) approvals.dispatch({ kind: 'muted', agent: row.request.agentId, at: now() });
      },
    },
    {
      id: 'approvals.tidy',
      keys: ['r'],
      label: ours('tidy'),
      summary: ours('Take away what no longer waits, and ask the server again'),
      footer: 3,
      run: () => {
        approvals.dispatch({ kind: 'tidied' });
        void approvals.refresh();
      },
    },
  ];
  useKeys(bindings, { id: 'approvals', level: 'screen' });

  return (
    <Box flexDirection="column" width={width} height={height}>
      <Line runs={headline()} right={pace()} width={width} />
      <List
        list={list}
        rows={rows}
        columns={columns}
        width={width}
        height={height - 1}
        onOpen={(row) => show(row.id, 'read')}
        select={selectionOf}
        empty={
          model.queue.isKnown
            ? isStale
              ? EMPTY_THEN
              : EMPTY
            : approvals.problem === null
              ? LOADING
              : [[{ text: say`  ${approvals.problem}`, tone: 'bad' }]]
        }
      />
    </Box>
  );

  function headline(): Runs {
    const waiting = waitingCount(model.queue);
    const fresh = newCount(model.queue);
    const gone = model.queue.rows.length - waiting;
    return [
      isStale
        ? {
            text: say`${counted(waiting, 'request', 'requests')} waited when the server last answered`,
            tone: 'warning' as const,
          }
        : { text: counted(waiting, 'request waits', 'requests wait'), tone: waiting > 0 ? 'strong' : 'muted' },
      ...soonest(),
      ...(fresh > 0 ? [{ text: say`, ${fresh} new`, tone: 'accent' as const }] : []),
      ...(gone > 0
        ? [{ text: say`; ${gone} no longer ${gone === 1 ? 'waits' : 'wait'} (r tidies)`, tone: 'muted' as const }]
        : []),
      ...(approvals.problem === null || !model.queue.isKnown
        ? []
        : [{ text: say`; ${approvals.problem}`, tone: 'bad' as const }]),
    ];
  }

  /** What ends first is named where the eye begins: its row keeps its place. */
  function soonest(): Runs {
    const ending = model.queue.rows
      .filter(({ request }) => endsSoon(request, now()) && !isMuted(model.mutes, request.agentId, now()))
      .toSorted((left, right) => Date.parse(left.request.expiresAt ?? '') - Date.parse(right.request.expiresAt ?? ''));
    const [first] = ending;
    if (first === undefined) return [];
    const { agentName, agentId, expiresAt, riskLevel } = first.request;
    const others = ending.length > 1 ? say`, ${ending.length - 1} more soon` : ours('');
    const name = visible(agentName ?? agentId, { max: 24 });
    const left = countdown(expiresAt ?? '', now());
    return [{ text: say`; ! ${left} left for ${name} (${riskLevel})${others}`, tone: 'warning' }];
  }

  function pace(): Runs {
    const seconds = medianSeconds(model.pace, now());
    if (seconds === null) return [];
    return [
      {
        text: say`${approvedLastHour(model.pace, now())} approved this hour, read for ${Math.round(seconds)} s each`,
        tone: seconds < 3 ? 'warning' : 'muted',
      },
    ];
  }
}

/** What waits, without the agents that are muted. */
function countOf(approvals: Approvals | null): number {
  if (approvals === null) return 0;
  const { queue, mutes } = approvals.get();
  return queue.rows.filter((row) => isWaiting(row) && !isMuted(mutes, row.request.agentId, approvals.now())).length;
}

const idOf = (row: QueueRow): string => row.id;

const selectionOf = (row: QueueRow): Selection => ({
  subject: 'approval',
  value: row.id,
  label: visible(row.request.agentName ?? row.id, { max: 60 }),
});

const LOADING: readonly Runs[] = [[{ text: ours('  Asking the server.'), tone: 'muted' }]];
/** With the link down nobody knows what has come since. */
const EMPTY_THEN: readonly Runs[] = [
  [{ text: ours('  Nothing waited for you when the server last answered.'), tone: 'warning' }],
];
const EMPTY: readonly Runs[] = [
  [ours('  Nothing waits for you.')],
  [{ text: ours('  A request appears here when an agent asks for what policy leaves to a person.'), tone: 'muted' }],
];

export const approvalsScreen: Screen = {
  id: 'approvals',
  title: ours('Approvals'),
  tab: 4,
  badge: () => {
    const waiting = countOf(runningApprovals());
    return waiting > 0 ? waiting : null;
  },
  Component: ApprovalsScreen,
};
