// How an agent is walled in where it runs, as it says and signs (wire-mcp-logs-a2a §8).

import { z } from 'zod';
import { verifySignatureAsync } from '../../crypto/ed25519.ts';
import { wireObject } from '../../wire/casing.ts';
import { acceptsKey } from '../auth/agent-signature.ts';
import { actorOf } from '../auth/principal.ts';
import type { AgentTable } from '../database/tables/agents.ts';
import { unauthenticated } from '../refusal.ts';
import { type Route, route } from '../route.ts';
import { isolationWeights, walls } from '../rules/isolation.ts';
import { agentById } from '../store/agents.ts';
import { rescore } from '../store/trust.ts';
import { tellUpdated } from './agent-life.ts';
import { mayChange } from './agents.ts';

const word = <Words extends object>(words: Words) => z.enum(Object.keys(words) as [keyof Words & string]).nullish();
const older = z.string().trim().toLowerCase().max(50).nullish();
const claim = wireObject({
  sandbox: word(isolationWeights.sandbox),
  network: word(isolationWeights.network),
  filesystem: word(isolationWeights.filesystem),
  process: word(isolationWeights.process),
  isolationLevel: older,
  isolationType: older,
  signature: z.string().max(200).nullish(),
  signedMessage: z.string().max(4000).nullish(),
});
type Claim = z.output<typeof claim>;

export const isolationRoutes: Route[] = ['isolation-attestation', 'isolation'].map((name) =>
  route(`POST /api/v1/sdk-api/agents/:id/${name}`, {
    summary: 'An agent reports how it is isolated',
    access: { agent: 'self', key: 'self' },
    body: claim,
    run: async ({ services, principal, params, body, origin, now }) => {
      const asking = await agentById(services.queries, principal.organizationId, params['id'] ?? '');
      mayChange(principal, asking);
      if (body.signature) await mustHold(asking, body, now);
      return services.changes.run(async (change) => {
        const before = await agentById(change.queries, principal.organizationId, asking.id);
        const isolation = reported(body);
        await change.queries.updateTable('agents').set({ isolation }).where('id', '=', before.id).execute();
        const said = { ...before, isolation };
        const agent = before.scoreIsSet === 1 ? said : await rescore(change, said, 'isolation reported', null);
        await tellUpdated(change, actorOf(principal, origin), agent, 'report-isolation', { isolation });
        return { success: true, agentId: agent.id, isolation, trustScore: agent.trustScore };
      });
    },
  }),
);

function reported(body: Claim): string {
  if (walls.every((wall) => !body[wall])) return body.isolationLevel ?? body.isolationType ?? 'unknown';
  return walls.map((wall) => `${wall}=${body[wall] ?? 'none'}`).join(' ');
}

/** @throws Refusal 401 where the signed text is not the agent's, or says something else than is sent beside it. */
async function mustHold(agent: AgentTable, body: Claim, now: number): Promise<void> {
  const message = body.signedMessage ?? '';
  const keys = [agent.publicKey, agent.previousPublicKey ?? ''].filter((key) => acceptsKey(agent, key, now));
  const holds = await Promise.all(keys.map((key) => verifySignatureAsync(Buffer.from(message), body.signature ?? '', key)));
  if (!holds.includes(true) || !saysTheSame(message, agent, body))
    throw unauthenticated('signatureInvalid', 'The signed statement is not what was sent, or not of this agent');
}

function saysTheSame(message: string, agent: AgentTable, body: Claim): boolean {
  try {
    const said = JSON.parse(message) as Record<string, unknown>;
    const isOwn = (said['agentId'] ?? said['agent_id']) === agent.id;
    return isOwn && walls.every((wall) => (said[wall] ?? 'none') === (body[wall] ?? 'none'));
  } catch {
    return false;
  }
}
