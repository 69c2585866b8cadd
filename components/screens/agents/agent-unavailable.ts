// Which actions make no sense for an agent in its state: said before the server has to.

import { ours, type Printable } from '../../../src/text/brand.ts';
import type { AgentStatus } from '../../../src/wire/agent.ts';
import type { Dashboard } from '../../dashboard-context.ts';

/** `value` is an id, or a name as it is typed. */
export function agentUnavailable(actionId: string, value: string, { state }: Pick<Dashboard, 'state'>): Printable | null {
  const agent = state.agents.getState().items.find(({ id, name }) => id === value || name === value);
  return agent ? (rules[actionId]?.(agent.status) ?? null) : null;
}

const rules: Record<string, (status: AgentStatus) => Printable | null> = {
  'agents.suspend': (status) => (status === 'suspended' || status === 'revoked' ? ours(`It is ${status} already`) : null),
  'agents.reactivate': (status) => (status === 'suspended' ? null : ours('Only a suspended agent can be reactivated')),
  'agents.verify': (status) => (status === 'pending' ? null : ours('Only a pending agent is verified')),
};
