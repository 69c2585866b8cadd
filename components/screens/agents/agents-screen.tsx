// All agents: who they are, what state they are in, how far they are trusted, and whether they are alive.

import { useMemo } from 'react';
import { sortRows } from '../../../src/state/sort-rows.ts';
import { ours } from '../../../src/text/brand.ts';
import { visible } from '../../../src/text/visible.ts';
import type { Agent } from '../../../src/wire/agent.ts';
import { useDashboard } from '../../dashboard-context.ts';
import { useKeys } from '../../keys/use-keys.ts';
import type { Runs } from '../../paint.ts';
import type { Screen, ScreenProps } from '../../screen.ts';
import type { Selection } from '../../shell/shell.ts';
import { useEachFrame, useFrame } from '../../use-frame.ts';
import { ListWithDetail } from '../../widgets/list-with-detail.tsx';
import { useListStore, useRows } from '../../widgets/use-list.ts';
import { words } from '../../words.ts';
import { agentColumns } from './agent-columns.ts';
import { agentDetail } from './agent-detail.ts';
import { agentUnavailable } from './agent-unavailable.ts';
import { useCreateKey, useEditKey } from './edit-agent.ts';

function Agents({ width, height }: ScreenProps) {
  const dashboard = useDashboard();
  const { state, shell } = dashboard;
  const { items: unordered, phase, error } = useFrame(() => state.agents.getState());
  // By name, because servers order by what changed last, and a list that is read must not shuffle.
  const items = useMemo(() => sortRows(unordered, (agent) => `${agent.name} ${agent.id}`), [unordered]);
  useEachFrame();
  const columns = useMemo(() => agentColumns(dashboard), [dashboard]);
  const list = useListStore('agents');
  const rows = useRows(list, items, columns, idOf);
  const edit = useEditKey(() => items.find(({ id }) => id === shell.getState().selection?.value) ?? null);
  useKeys([...edit, ...useCreateKey()], { id: 'agents', level: 'screen' });
  const open = (agent: Agent) => shell.go('agent', agent.id, visible(agent.name, { max: 40 }));
  return (
    <ListWithDetail
      detail={detail}
      list={list}
      rows={rows}
      columns={columns}
      width={width}
      height={height}
      onOpen={open}
      select={agentSelection}
      empty={phase === 'loading' ? LOADING : phase === 'failed' ? failed(error) : EMPTY}
    />
  );
}

const detail = (agent: Agent) => agentDetail(agent, null);

export const agentSelection = (agent: Agent): Selection => ({
  subject: 'agent',
  value: agent.id,
  label: visible(agent.name, { max: 60 }),
});

const idOf = (agent: Agent): string => agent.id;

const LOADING: readonly Runs[] = [[{ text: ours('  Asking the server…'), tone: 'muted' }]];
const EMPTY: readonly Runs[] = [
  [ours('  No agents yet.')],
  [{ text: ours('  An agent appears here when it first calls secure(). Tab 1 has the lines to paste,'), tone: 'muted' }],
  [{ text: ours('  and d there starts three agents of a demo.'), tone: 'muted' }],
];
export const failed = (error: Error | null): readonly Runs[] => [
  [{ text: words`  The server did not answer: ${visible(error?.message ?? '', { max: 200 })}`, tone: 'bad' }],
  [{ text: ours('  r asks again.'), tone: 'muted' }],
];

export const agentsScreen: Screen = {
  id: 'agents',
  title: ours('Agents'),
  tab: 2,
  unavailable: agentUnavailable,
  Component: Agents,
};
