// The security log as it grows: what was written, by whom, and what is missing; one line of it in full.

import { Box } from 'ink';
import { useMemo, useState } from 'react';
import { knownLogs } from '../../src/security-log/known-logs.ts';
import { type LiveLog, type LogRow, LogView, openLiveLog } from '../../src/security-log/live-log.ts';
import { ours, type Printable } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import { type Dashboard, useDashboard } from '../dashboard-context.ts';
import type { Runs } from '../paint.ts';
import type { Screen, ScreenProps } from '../screen.ts';
import type { Selection } from '../shell/shell.ts';
import { useEachFrame } from '../use-frame.ts';
import { List } from '../widgets/list.tsx';
import { useListState, useListStore } from '../widgets/use-list.ts';
import { own } from '../words.ts';
import { logColumns } from './log-columns.ts';
import { LogEntryDetail } from './log-entry-detail.tsx';
import { LogSummary, TypeCounts } from './log-summary.tsx';
import { useLogKeys } from './use-log-keys.tsx';

function Logs({ width, height, of }: ScreenProps) {
  const dashboard = useDashboard();
  const log = liveLogOf(dashboard);
  useEachFrame();
  const row = of === null ? undefined : log.find(of);
  if (of !== null) return <LogEntryDetail row={row} width={width} height={height} />;
  return <LogList log={log} width={width} height={height} />;
}

/** One for the life of the dashboard, so that nothing is missed while another screen is open. */
function liveLogOf({ shell, context, clock }: Dashboard): LiveLog {
  return shell.memory('logs', () => {
    const { existing, expected } = knownLogs(context.io.env, context.settings.paths);
    const log = openLiveLog([...new Set([...expected, ...existing])], { changed: () => clock.changed() });
    context.signal.addEventListener('abort', () => log.close());
    if (context.loadedLines) context.loadedLines.current = () => log.entries();
    return log;
  });
}

function LogList({ log, width, height }: { log: LiveLog; width: number; height: number }) {
  const { shell, now } = useDashboard();
  const list = useListStore('logs', { isFollowing: true });
  const { filter, pausedAt } = useListState(list);
  const [around, setAround] = useState(0);
  const view = useMemo(() => new LogView(log.rows, filter, { now: now(), around }), [log, filter, around, now]).update(
    pausedAt,
  );
  const open = (row: LogRow) => shell.go('logs', row.key, titleOf(row));
  const head = height >= MANY_ROWS ? 2 : 1;
  useLogKeys({ log, list, view, height: height - head - 2, around, setAround });
  return (
    <Box flexDirection="column" width={width} height={height}>
      <LogSummary log={log} view={view} width={width} />
      {head === 2 ? <TypeCounts log={log} width={width} /> : null}
      <List
        list={list}
        rows={{ rows: view, error: view.error }}
        columns={logColumns}
        width={width}
        height={height - head}
        onOpen={open}
        select={selectionOf}
        follows
        empty={log.failure === null ? EMPTY : [[{ text: visible(log.failure), tone: 'bad' }]]}
      />
    </Box>
  );
}

const MANY_ROWS = 16; // below that, a second line of counters takes too much

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
