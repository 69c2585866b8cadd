// Requests that agents sign for each other: checked here once, and signed here for an agent that asks (wire-mcp-logs-a2a §6.2).

import { randomBytes } from 'node:crypto';
import { requestHash } from '../../a2a/request-signature.ts';
import { verifySignatureAsync } from '../../crypto/ed25519.ts';
import { signRequest, verifyRequest } from '../../wire/requests/a2a.ts';
import { actingAgent } from '../a2a/acting.ts';
import { isAttested } from '../a2a/attest-card.ts';
import { cardOf } from '../a2a/cards.ts';
import { actorOf } from '../auth/principal.ts';
import { networkOf } from '../auth/rate-limits.ts';
import { invalid, Refusal } from '../refusal.ts';
import { Answer, type Call, type Route, route } from '../route.ts';
import type { Services } from '../services.ts';

const TOLERANCE = 300_000;
const CHECKS_PER_MINUTE = 3000;

export const a2aSignatureRoutes: Route[] = [
  route('POST /api/v1/a2a/verify', {
    summary: 'Whether an agent signed a request with this hash; each nonce is good once',
    access: { anyone: true },
    body: verifyRequest,
    run: async ({ services, body, now, origin }) => {
      await services.limits.use('a2a-verify', networkOf(origin.ip), CHECKS_PER_MINUTE, now);
      try {
        return await verified(services, body, now);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        return new Answer(401, { valid: false, error: error.message, reasonCode: error.reasonCode });
      }
    },
  }),
  route('POST /api/v1/a2a/agents/:id/sign', {
    summary: 'Signs a request for an agent with a key that this server holds for it; the agent’s own key stays the agent’s',
    access: { user: 'member', agent: 'self', key: 'any' },
    body: signRequest,
    run: (call) => sign(call, call.params['id'] ?? '', call.body),
  }),
  route('POST /api/v1/a2a/sign', {
    summary: 'The same for the agent that asks, or that is named',
    access: { user: 'member', agent: 'any', key: 'any' },
    body: signRequest,
    run: (call) => {
      const id = call.body.agentId ?? (call.principal.kind === 'agent' ? call.principal.id : undefined);
      if (id === undefined) throw invalid('agentId: is needed', 'agentId');
      return sign(call, id, call.body);
    },
  }),
];

type Check = { agentId: string; timestamp: number; nonce: string; signature: string; requestHash: string };

async function verified({ queries, changes, serverKeys }: Services, check: Check, now: number) {
  const { agentId, timestamp, nonce, signature } = check;
  if (!/^[0-9a-f]{32}$/.test(nonce)) throw refuse('nonceMalformed', 'The nonce is not of 32 hexadecimal characters');
  if (!/^[0-9a-f]{64}$/i.test(check.requestHash)) throw refuse('hashMalformed', 'requestHash is not a SHA-256 in hexadecimal');
  if (Math.abs(now - timestamp * 1000) > TOLERANCE)
    throw refuse('timestampOutsideWindow', 'Request timestamp expired or invalid');
  const agent = await queries.selectFrom('agents').selectAll().where('id', '=', agentId).executeTakeFirst();
  const previous = agent?.previousKeyUntil != null && agent.previousKeyUntil > now ? agent.previousPublicKey : null;
  // An agent in hybrid mode speaks to others by what the server signs for it: it gets that only by a request with both signatures.
  const own = agent?.hybridMode === 1 ? [] : [agent?.publicKey ?? '', previous ?? ''];
  const keys = [...own, serverKeys.delegated(agentId).publicKey].filter((key) => key !== '');
  const hash = Buffer.from(check.requestHash, 'hex');
  const matches = await Promise.all(keys.map((key) => verifySignatureAsync(hash, signature, key)));
  // One answer for an agent that is not known and for one that did not sign this.
  if (agent === undefined || !matches.includes(true)) throw refuse('signatureInvalid', 'invalid Ed25519 signature');
  if (agent.status !== 'verified' || agent.isCompromised === 1)
    throw refuse('agentStatusDenied', `Agent is not permitted to authenticate (status: ${agent.status})`);
  const isFirst = await changes.record(async (change) => {
    const { numInsertedOrUpdatedRows } = await change.queries
      .insertInto('nonces')
      .values({ scope: `a2a:${agent.id}`, nonce, expiresAt: now + 2 * TOLERANCE })
      .onConflict((row) => row.columns(['scope', 'nonce']).doNothing())
      .executeTakeFirst();
    return numInsertedOrUpdatedRows === 1n;
  });
  if (!isFirst) throw refuse('nonceReused', 'nonce already used');
  const [card, capabilities] = await Promise.all([
    cardOf(queries, agent.organizationId, agent.id),
    queries
      .selectFrom('capabilities')
      .select('capabilityType')
      .where('agentId', '=', agent.id)
      .where('revokedAt', 'is', null)
      .execute(),
  ]);
  return {
    valid: true,
    agentId: agent.id,
    agentName: agent.name,
    trustScore: agent.trustScore,
    capabilities: capabilities.map(({ capabilityType }) => capabilityType),
    attestationValid: card !== undefined && isAttested(card, now),
  };
}

const refuse = (reasonCode: string, message: string): Refusal => new Refusal(401, reasonCode, message);

async function sign(
  call: Call<unknown, unknown>,
  id: string,
  { method, path, body }: { method: string; path: string; body?: string | null | undefined },
) {
  const { services, principal, origin, now } = call;
  const agent = await actingAgent(services.queries, principal, id);
  if (agent.status !== 'verified')
    throw new Refusal(403, 'agentStatusDenied', `Agent is not permitted to sign (status: ${agent.status})`);
  const timestamp = Math.floor(now / 1000);
  const nonce = randomBytes(16).toString('hex');
  const key = services.serverKeys.delegated(agent.id);
  const hash = requestHash({ method, path, body: body ?? '' }, timestamp, nonce);
  await services.changes.record(async (change) =>
    change.audit(actorOf(principal, origin), {
      organizationId: agent.organizationId,
      action: 'sign',
      resourceType: 'a2a-request',
      agentId: agent.id,
      agentName: agent.name,
      metadata: { method, requestHash: hash },
    }),
  );
  return {
    agentId: agent.id,
    timestamp,
    nonce,
    signature: key.sign(Buffer.from(hash, 'hex')),
    requestHash: hash,
    publicKey: key.publicKey,
    keyHeldBy: 'server',
  };
}
