// What the agents do, as it happens: a live tail that stands still when it is read.

import { useCallback, useMemo } from 'react';
import type { EventLog, LogRow } from '../../../src/state/event-log.ts';
import { parseFilter } from '../../../src/state/filter.ts';
import { createLogView } from '../../../src/state/log-view.ts';
import { ours } from '../../../src/text/brand.ts';
import { visible } from '../../../src/text/visible.ts';
import { useDashboard } from '../../dashboard-context.ts';
import type { Runs } from '../../paint.ts';
import type { Screen, ScreenProps } from '../../screen.ts';
import type { Selection } from '../../shell/shell.ts';
import { useEachFrame } from '../../use-frame.ts';
import { filterHint } from '../../widgets/filter-hint.ts';
import { ListWithDetail } from '../../widgets/list-with-detail.tsx';
import { matches, useListState, useListStore } from '../../widgets/use-list.ts';
import { eventColumns } from './event-columns.ts';
import { eventDetail } from './event-detail.ts';
import { quickLook } from './quick-look.ts';

function Events({ width, height, of }: ScreenProps) {
  const { state, shell, theme, now } = useDashboard();
  useEachFrame();
  const columns = useMemo(() => eventColumns(theme), [theme]);
  const list = useListStore(of === null ? 'events' : `agent:${of}:events`, { isFollowing: true });
  const { filter: text, pausedAt } = useListState(list);
  const { view, error } = useMemo(() => {
    const parsed = parseFilter(text, { now: now() });
    const isOfAgent = (row: LogRow) => of === null || row.kind === 'gap' || row.agentId === of;
    const mayKeep = quickLook(parsed.filter);
    const keeps =
      parsed.filter.isEmpty && of === null
        ? null
        : (row: LogRow) => isOfAgent(row) && mayKeep(row) && matches(parsed.filter, row, columns);
    const error = parsed.error
      ? `${parsed.error.term} ${parsed.error.message}`
      : filterHint(text, columns, latest(state.events));
    return { view: createLogView(state.events, keeps), error };
  }, [text, of, columns, state.events, now]);
  const detail = useCallback((row: LogRow) => (row.kind === 'event' ? eventDetail(row.event, theme.glyphs) : []), [theme]);
  const open = (row: LogRow) => {
    if (row.kind === 'event') shell.go('event', row.key, visible(row.event.action ?? 'event', { max: 40 }));
  };
  return (
    <ListWithDetail
      detail={detail}
      list={list}
      rows={{ rows: view.rows(pausedAt), error }}
      columns={columns}
      width={width}
      height={height}
      onOpen={open}
      select={eventSelection}
      follows
      empty={EMPTY}
    />
  );
}

/** From the newest back. */
function* latest({ first, next, at }: EventLog): Generator<LogRow> {
  for (let sequence = next - 1; sequence >= first; sequence--) {
    const row = at(sequence);
    if (row) yield row;
  }
}

const eventSelection = (row: LogRow): Selection | null =>
  row.kind === 'event' ? { subject: 'event', value: row.key, label: visible(row.event.action ?? row.key, { max: 60 }) } : null;

const EMPTY: readonly Runs[] = [
  [ours('  Nothing has happened yet.')],
  [{ text: ours('  Every action that an agent asks to do appears here, with what became of it.'), tone: 'muted' }],
  [{ text: ours('  Tab 1 shows how an agent connects; d there starts a demo.'), tone: 'muted' }],
];

export const eventsScreen: Screen = { id: 'events', title: ours('Events'), tab: 3, Component: Events };
