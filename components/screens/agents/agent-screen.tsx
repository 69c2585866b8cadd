// One agent in full: identity, keys, capabilities, trust, and what it did lately.

import { Box } from 'ink';
import { useMemo, useState } from 'react';
import { ours, type Printable } from '../../../src/text/brand.ts';
import { visible } from '../../../src/text/visible.ts';
import { headOf } from '../../../src/text/width.ts';
import type { Agent } from '../../../src/wire/agent.ts';
import { agentId } from '../../../src/wire/scalars.ts';
import { useDashboard } from '../../dashboard-context.ts';
import type { Binding } from '../../keys/keymap.ts';
import { useKeys } from '../../keys/use-keys.ts';
import { Line } from '../../line.tsx';
import { type Run, type Runs, widthOfRuns } from '../../paint.ts';
import type { Screen, ScreenProps } from '../../screen.ts';
import { useSelection } from '../../shell/use-selection.ts';
import { useAnswer } from '../../use-answer.ts';
import { useEachFrame, useFrame } from '../../use-frame.ts';
import { Detail } from '../../widgets/detail.tsx';
import { words } from '../../words.ts';
import { agentDetail, eventItems } from './agent-detail.ts';
import { useAgentRecords } from './agent-records.ts';
import { type Section, sections } from './agent-sections.ts';
import { agentUnavailable } from './agent-unavailable.ts';
import { agentSelection } from './agents-screen.tsx';
import { useEditKey } from './edit-agent.ts';
import { useRightsKey } from './edit-rights.tsx';

function AgentScreen({ width, height, of }: ScreenProps) {
  const { api, state, now, shell, theme } = useDashboard();
  useEachFrame();
  const agents = useFrame(() => state.agents.getState());
  const listed = agents.items.find(({ id }) => id === of) ?? null;
  // A list may be cut by the server; the agent itself answers all the same.
  const asked = useAnswer(listed === null && agents.phase !== 'loading' ? of : null, (signal) =>
    api.agents.get(agentId.parse(of), { signal }),
  );
  const agent = listed ?? asked.value;
  useSelection(agent && agentSelection(agent));
  const [at, setAt] = useState(() => shell.memory('agent:section', () => ({ index: 0 })).index);
  const section = sections[at] ?? (sections[0] as Section);
  const records = useAgentRecords(agent?.id ?? null, section.needs);
  const minute = Math.floor(now() / 10_000);
  // biome-ignore lint/correctness/useExhaustiveDependencies: ages are written anew every ten seconds
  const items = useMemo(
    () => (agent ? itemsOf(section, agent) : []),
    [agent, section, records, theme, minute, state.events.next],
  );
  const goTo = (index: number) => () => {
    const next = (index + sections.length) % sections.length;
    shell.memory('agent:section', () => ({ index: 0 })).index = next;
    setAt(next);
  };
  const turn: Binding[] = [
    { id: 'agent.next', keys: ['tab'], label: ours('next part'), summary: ours('Show the next part of this agent'), footer: 1, run: goTo(at + 1) },
    { id: 'agent.previous', keys: ['shift-tab'], label: ours('part before'), summary: ours('Show the part before'), run: goTo(at - 1) },
  ]; // biome-ignore format: one table
  const itsEvents: Binding = {
    id: 'agent.events',
    keys: ['v'],
    label: ours('events'),
    summary: ours('Show the live events of this agent'),
    footer: 2,
    run: () => agent && shell.go('events', agent.id, words`events of ${visible(agent.name, { max: 40 })}`),
  };
  useKeys([...turn, ...useEditKey(() => agent), ...useRightsKey(agent), itsEvents], { id: 'agent', level: 'screen' });
  if (!agent) {
    const text = asked.failure === null ? ours('  Asking the server…') : words`  ${visible(asked.failure, { max: 200 })}`;
    return <Line runs={[text]} width={width} />;
  }
  return (
    <Box flexDirection="column" width={width} height={height}>
      <Line runs={sectionRuns(at, width)} width={width} />
      <Detail key={section.id} name="agent" items={items} width={width} height={height - 1} />
    </Box>
  );

  function itemsOf({ id, items: made }: Section, of_: Agent) {
    if (id === 'events') return eventItems(recentOf(of_, 200));
    return made ? made(of_, records, theme) : agentDetail(of_, recentOf(of_, 5));
  }

  function recentOf({ id }: Agent, most: number) {
    const { events } = state;
    const recent = [];
    for (let at = events.next - 1; at >= events.first && recent.length < most; at--) {
      const row = events.at(at);
      if (row?.kind === 'event' && row.event.agentId === id) recent.push(row);
    }
    return recent;
  }
}

/** Where it is narrow, only the part that is shown has its name. */
function sectionRuns(at: number, width: number): Runs {
  const runs = (isShort: boolean) =>
    sections.flatMap(({ title }, index): Run[] => {
      const isHere = index === at;
      if (isHere) return [{ text: words`[${title}]`, tone: 'accent' }, { text: ours(' ') }];
      return [{ text: isShort ? (headOf(title, 1).head as Printable) : title, tone: 'muted' }, { text: ours('  ') }];
    });
  const all = runs(false);
  return widthOfRuns(all) <= width ? all : runs(true);
}

export const agentScreen: Screen = { id: 'agent', title: ours('Agent'), unavailable: agentUnavailable, Component: AgentScreen };
