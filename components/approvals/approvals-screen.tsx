// The queue of requests that wait for a person: first in, first out. A decision is made in the panel, never on a row.

import { Box } from 'ink';
import { useEffect, useMemo } from 'react';
import { medianSeconds } from '../../src/state/approvals/pace.ts';
import { isWaiting, newCount, type QueueRow, waitingCount } from '../../src/state/approvals/queue.ts';
import { ours } from '../../src/text/brand.ts';
import { counted, say } from '../../src/text/say.ts';
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
import { queueColumns } from './queue-columns.ts';

function ApprovalsQueue({ width, height }: ScreenProps) {
  const { shell, clock, now } = useDashboard();
  const { approvals, model } = useApprovals();
  useEachFrame();
  useEffect(() => clock.tickEvery(1000), [clock]);
  // Whoever comes back to the queue has not looked at a row yet: this is the one moment to put it in order.
  useEffect(() => approvals.dispatch({ kind: 'tidied' }), [approvals]);
  const columns = useMemo(
    () => queueColumns({ now, model: approvals.get, verdictFor: approvals.verdictFor }),
    [now, approvals],
  );
  const list = useListStore('approvals', { isFollowing: false });
  const rows = useRows(list, model.queue.rows, columns, idOf);

  const show = (id: QueueRow['id'], to: 'read' | 'deny') => {
    const row = model.queue.rows.find((candidate) => candidate.id === id);
    approvals.open(id, to).catch((error: Error) => shell.say(say`${error.message}`, 'bad'));
    shell.go('approval', id, visible(row?.request.agentName ?? id, { max: 40 }));
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
            ? EMPTY
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
      { text: counted(waiting, 'request waits', 'requests wait'), tone: waiting > 0 ? 'strong' : 'muted' },
      ...(fresh > 0 ? [{ text: say`, ${fresh} new`, tone: 'accent' as const }] : []),
      ...(gone > 0
        ? [{ text: say`; ${gone} no longer ${gone === 1 ? 'waits' : 'wait'} (r tidies)`, tone: 'muted' as const }]
        : []),
      ...(approvals.problem === null || !model.queue.isKnown
        ? []
        : [{ text: say`; ${approvals.problem}`, tone: 'bad' as const }]),
    ];
  }

  function pace(): Runs {
    const seconds = medianSeconds(model.pace, now());
    if (seconds === null) return [];
    return [{ text: say`you read for ${Math.round(seconds)} s`, tone: seconds < 3 ? 'warning' : 'muted' }];
  }
}

const idOf = (row: QueueRow): string => row.id;

const selectionOf = (row: QueueRow): Selection => ({
  subject: 'approval',
  value: row.id,
  label: visible(row.request.agentName ?? row.id, { max: 60 }),
});

const LOADING: readonly Runs[] = [[{ text: ours('  Asking the server…'), tone: 'muted' }]];
const EMPTY: readonly Runs[] = [
  [ours('  Nothing waits for you.')],
  [{ text: ours('  A request appears here when an agent asks for what policy leaves to a person.'), tone: 'muted' }],
];

export const approvalsScreen: Screen = {
  id: 'approvals',
  title: ours('Approvals'),
  tab: 4,
  badge: () => {
    const waiting = runningApprovals()?.get().queue.rows.filter(isWaiting).length ?? 0;
    return waiting > 0 ? waiting : null;
  },
  Component: ApprovalsQueue,
};
