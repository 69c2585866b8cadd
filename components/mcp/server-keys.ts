// The keys about one MCP server: ask it, have it recorded, and go to its agents, events and alerts.

import type { McpRow } from '../../src/mcp/overview.ts';
import { asUntrusted, ours } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import { useDashboard } from '../dashboard-context.ts';
import type { Binding } from '../keys/keymap.ts';
import { words } from '../words.ts';
import { catalogueOf } from './catalogue-of.ts';
import { useAskFirst, useInspectKey } from './consent.tsx';
import { useDecisionKeys } from './decision-keys.tsx';

export function useServerKeys(selected: () => McpRow | null): readonly Binding[] {
  const dashboard = useDashboard();
  const { shell } = dashboard;
  const inspect = useInspectKey(selected);
  const record = useRecordKey(selected);
  const decisions = useDecisionKeys(selected);
  const listOf = (screen: 'events' | 'alerts'): void => {
    const row = selected();
    if (row === null) return;
    shell.preset(screen, { filter: JSON.stringify(row.name) });
    shell.go(screen);
  };
  const agent = (): void => {
    const users =
      catalogueOf(dashboard)
        .get()
        .facts.get(selected()?.id ?? '')?.users ?? [];
    const [first] = users;
    if (first === undefined) shell.say(ours('No agent is known to use this server.'), 'warning');
    else if (users.length === 1) shell.go('agent', first.id, visible(first.name, { max: 40 }));
    else shell.go('agents');
  };
  return [
    inspect,
    record,
    {
      id: 'mcp.agents',
      keys: ['u'],
      label: ours('agents'),
      summary: ours('Go to the agent that uses this server, or to the list where several do'),
      footer: 4,
      run: agent,
    },
    {
      id: 'mcp.events',
      keys: ['v'],
      label: ours('events'),
      summary: ours('Show the live events that name this server'),
      footer: 5,
      run: () => listOf('events'),
    },
    {
      id: 'mcp.alerts',
      keys: ['w'],
      label: ours('alerts'),
      summary: ours('Show the alerts that name this server'),
      footer: 6,
      run: () => listOf('alerts'),
    },
    ...decisions,
  ];
}

/** `L` (`l` opens, as in every list): asks the server (after showing what is started) and has the control plane keep what it offers. */
export function useRecordKey(selected: () => McpRow | null): Binding {
  const dashboard = useDashboard();
  const { shell } = dashboard;
  const askFirst = useAskFirst();
  return {
    id: 'mcp.record',
    keys: ['L'],
    label: ours('lock'),
    summary: ours('Ask this server and have the control plane keep what it offers; the first is its baseline'),
    footer: 3,
    run() {
      const row = selected();
      if (row !== null) void askFirst(row, () => void record(row));
    },
  };

  async function record(row: McpRow): Promise<void> {
    const catalogue = catalogueOf(dashboard);
    const name = visible(row.name, { max: 40 });
    try {
      await catalogue.inspect(row);
      const { state, drift } = await catalogue.record(row);
      const changes = drift?.changesTotal ?? 0;
      if (state === 'drifted')
        shell.say(words`${name} is not as its baseline (${changes} ${ours(changes === 1 ? 'change' : 'changes')}).`, 'bad');
      else
        shell.say(state === 'same' ? words`${name} is as its baseline.` : words`${name} is recorded as its baseline.`, 'good');
    } catch (error) {
      shell.say(visible(asUntrusted(error instanceof Error ? error.message : String(error)), { max: 200 }), 'bad');
    }
  }
}
