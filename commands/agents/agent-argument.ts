// The argument that names an agent: by id, by name, or by the beginning or the end of an id.

import type { Agent } from '../../src/wire/agent.ts';
import type { Argument } from '../action.ts';

export const agentArgument: Argument<Agent> & { subject: 'agent' } = {
  summary: 'The agent: its id, its name, or the end or beginning of its id',
  subject: 'agent',
  parse: (text, { api, signal }) => api.agents.find(text, { signal }),
  complete: async (partial, { api, signal }) => {
    const { items } = await api.agents.list({ limit: 100, signal });
    return items.filter(({ name }) => name.startsWith(partial)).map(({ name, status }) => ({ value: name, summary: status }));
  },
};
