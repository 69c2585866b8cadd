// How contained the agent runs, told to its server and signed (wire-mcp-logs-a2a §8).

import type { AgentIdentity } from '../../crypto/agent-request.ts';
import { detectIsolation, type Isolation } from '../../detect/isolation.ts';
import type { CallOptions } from '../../http/api.ts';
import type { Caller } from '../../http/caller.ts';

/** How contained the agent runs, told to its server and signed. */
export type IsolationManagement = {
  /** Reports what can be seen of this process's walls, or what is given. */
  attestIsolation(
    isolation?: Pick<Isolation, 'sandbox' | 'network' | 'filesystem' | 'process'>,
    options?: CallOptions,
  ): Promise<Isolation | null>;
};

export function isolationOf(caller: Caller, identity: AgentIdentity, now: () => number): IsolationManagement {
  return {
    async attestIsolation(given, { signal } = {}) {
      const seen = given === undefined ? await detectIsolation() : null;
      const { sandbox, network, filesystem, process } = given ?? (seen as Isolation);
      const claim = { sandbox, network, filesystem, process };
      const signedMessage = JSON.stringify({ ...claim, agentId: identity.agentId, timestamp: new Date(now()).toISOString() });
      const body = { ...claim, signedMessage, signature: identity.key.sign(signedMessage) };
      await caller.tell({
        method: 'POST',
        path: `/api/v1/sdk-api/agents/${encodeURIComponent(identity.agentId)}/isolation-attestation`,
        body,
        subject: 'isolation',
        signal,
      });
      return seen;
    },
  };
}
