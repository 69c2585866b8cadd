// One agent in full: identity, keys, capabilities, trust, and what it did lately.

import { useMemo } from 'react';
import { ours } from '../../../src/text/brand.ts';
import { visible } from '../../../src/text/visible.ts';
import type { Agent } from '../../../src/wire/agent.ts';
import { agentId } from '../../../src/wire/scalars.ts';
import { useDashboard } from '../../dashboard-context.ts';
import type { Binding } from '../../keys/keymap.ts';
import { useKeys } from '../../keys/use-keys.ts';
import { Line } from '../../line.tsx';
import type { Screen, ScreenProps } from '../../screen.ts';
import { useSelection } from '../../shell/use-selection.ts';
import { useAnswer } from '../../use-answer.ts';
import { useEachFrame, useFrame } from '../../use-frame.ts';
import { Detail } from '../../widgets/detail.tsx';
import { words } from '../../words.ts';
import { agentDetail } from './agent-detail.ts';
import { agentUnavailable } from './agent-unavailable.ts';
import { agentSelection } from './agents-screen.tsx';
import { useEditKey } from './edit-agent.ts';

function AgentScreen({ width, height, of }: ScreenProps) {
  const { api, state, now, shell } = useDashboard();
  useEachFrame();
  const agents = useFrame(() => state.agents.getState());
  const listed = agents.items.find(({ id }) => id === of) ?? null;
  // A list may be cut by the server; the agent itself answers all the same.
  const asked = useAnswer(listed === null && agents.phase !== 'loading' ? of : null, (signal) =>
    api.agents.get(agentId.parse(of), { signal }),
  );
  const agent = listed ?? asked.value;
  useSelection(agent && agentSelection(agent));
  const minute = Math.floor(now() / 10_000);
  // biome-ignore lint/correctness/useExhaustiveDependencies: ages are written anew every ten seconds
  const items = useMemo(() => (agent ? agentDetail(agent, recentOf(agent)) : []), [agent, minute, state.events.next]);
  const itsEvents: Binding = {
    id: 'agent.events',
    keys: ['v'],
    label: ours('events'),
    summary: ours('Show the live events of this agent'),
    footer: 2,
    run: () => agent && shell.go('events', agent.id, words`events of ${visible(agent.name, { max: 40 })}`),
  };
  useKeys([...useEditKey(() => agent), itsEvents], { id: 'agent', level: 'screen' });
  if (!agent) {
    const text = asked.failure === null ? ours('  Asking the server…') : words`  ${visible(asked.failure, { max: 200 })}`;
    return <Line runs={[text]} width={width} />;
  }
  return <Detail name="agent" items={items} width={width} height={height} />;

  function recentOf({ id }: Agent) {
    const { events } = state;
    const recent = [];
    for (let at = events.next - 1; at >= events.first && recent.length < 10; at--) {
      const row = events.at(at);
      if (row?.kind === 'event' && row.event.agentId === id) recent.push(row);
    }
    return recent;
  }
}

export const agentScreen: Screen = { id: 'agent', title: ours('Agent'), unavailable: agentUnavailable, Component: AgentScreen };
