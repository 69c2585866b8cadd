// Every call that the program made to the server, as it happens: nothing is done behind the operator's back.

import { useMemo } from 'react';
import type { CallRow } from '../../src/state/calls.ts';
import { ours } from '../../src/text/brand.ts';
import { localTime } from '../../src/text/time.ts';
import { visible } from '../../src/text/visible.ts';
import { useDashboard } from '../dashboard-context.ts';
import type { Screen, ScreenProps } from '../screen.ts';
import { useFrame } from '../use-frame.ts';
import type { ListColumn } from '../widgets/columns.ts';
import { List } from '../widgets/list.tsx';
import { useListStore, useRows } from '../widgets/use-list.ts';
import { own, words } from '../words.ts';

function Calls({ width, height }: ScreenProps) {
  const { state } = useDashboard();
  const calls = useFrame(() => state.calls.list());
  const list = useListStore('calls', { isFollowing: true });
  const rows = useRows(list, calls, columns, idOf);
  const empty = useMemo(() => [[ours('  No call has been made yet.')]], []);
  return <List list={list} rows={rows} columns={columns} width={width} height={height} follows empty={empty} />;
}

const idOf = (call: CallRow): string => call.key;

const columns: readonly ListColumn<CallRow>[] = [
  { key: 'time', title: ours('TIME'), width: 8, cell: (call) => localTime(call.at), value: (call) => Date.parse(call.at) },
  { key: 'method', title: ours('METHOD'), width: 6, cell: (call) => own(call.method), value: (call) => call.method },
  { key: 'path', title: ours('PATH'), width: 20, grow: true, cell: (call) => visible(call.path), value: (call) => call.path },
  {
    key: 'status',
    title: ours('STATUS'),
    width: 6,
    align: 'right',
    cell: (call) => (call.status === null ? ours('none') : words`${call.status}`),
    tone: (call) => (call.status === null || call.status >= 500 ? 'bad' : call.status >= 400 ? 'warning' : 'good'),
    value: (call) => call.status,
  },
  {
    key: 'ms',
    title: ours('MS'),
    width: 6,
    align: 'right',
    giveUp: 2,
    cell: (call) => words`${Math.round(call.durationMs)}`,
    value: (call) => call.durationMs,
  },
  {
    key: 'error',
    title: ours('ERROR'),
    width: 12,
    giveUp: 3,
    grow: true,
    cell: (call) => (call.error === null ? ours('') : visible(call.error)),
    tone: () => 'bad',
    value: (call) => call.error,
  },
];

export const callsScreen: Screen = { id: 'calls', title: ours('Calls'), Component: Calls };
