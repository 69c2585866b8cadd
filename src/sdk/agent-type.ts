// The kinds of agent that AIM knows, as constants under the names of the Python SDK.

import { agentTypes } from '../wire/agent-types.ts';

type Names = { readonly [Type in (typeof agentTypes)[number] as Uppercase<Type>]: Type };

/** `AgentType.LANGCHAIN`, `AgentType.CLAUDE` …; the words themselves work as well. */
export const AgentType: Names = Object.freeze(
  Object.fromEntries(agentTypes.map((type) => [type.toUpperCase(), type])),
) as Names;
export type AgentType = (typeof agentTypes)[number];
