// What an agent may do without asking, and what one approval would add to it.

import type { Printable } from '../../text/brand.ts';
import { say } from '../../text/say.ts';
import type { Agent } from '../../wire/agent.ts';

/** Whether a grant covers a capability: by name, or `ns:*` for everything in its namespace (wire-agents §4.5). */
export function covers(granted: string, capability: string): boolean {
  if (granted === capability || granted === '*') return true;
  return granted.endsWith(':*') && capability.startsWith(granted.slice(0, -1));
}

/** The rights of today, in full: a list that is cut could leave out the one that matters. */
export function rightsToday(agent: Agent | null): Printable {
  if (agent === null) return say`not known: the agent's record could not be read`;
  if (agent.capabilities.length === 0) return say`nothing without asking`;
  return agent.capabilities.map((capability) => say`${capability}`).join(', ') as Printable;
}

export function rightsAdded(agent: Agent | null, capability: string): { value: Printable; isNew: boolean } {
  if (agent?.capabilities.some((granted) => covers(granted, capability))) {
    return { value: say`nothing: ${capability} is granted already, but waits for a person each time`, isNew: false };
  }
  return { value: say`${capability}, which it may not do today`, isNew: true };
}
