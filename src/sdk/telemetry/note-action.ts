// One line of the security log for something that a framework did on the agent's behalf: what it was, never what it worked on.

import { securityLogger } from '../../security-log/configure.ts';

/** Who is noted as the one that acted. */
export type Observer = { agentId: string; name: string };

type Observed = { action: 'llm_call' | 'tool_call'; resource: string; method: string; failed?: string | undefined };

export function noteAction({ agentId, name: agentName }: Observer, { action, resource, method, failed }: Observed): void {
  securityLogger.log('AGENT', 'AGENT_ACTION', 'INFO', `Agent event: AGENT_ACTION for ${agentName}`, {
    agentId,
    agentName,
    details: { action, resource: resource.slice(0, 240), method, ...(failed !== undefined && { failed }) },
  });
}
