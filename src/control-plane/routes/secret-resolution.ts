// An agent asks for a secret by its signature: fresh, once, for an operation that was allowed; every answer is on the record (wire-mcp-logs-a2a §8).

import type { z } from 'zod';
import { verifySignatureAsync } from '../../crypto/ed25519.ts';
import { secretResolution } from '../../wire/requests/onboarding.ts';
import { acceptsKey } from '../auth/agent-signature.ts';
import { type AgentPrincipal, actorOf } from '../auth/principal.ts';
import type { Change } from '../database/change.ts';
import { conflict, forbidden, notFound, type Refusal, unauthenticated } from '../refusal.ts';
import { type Call, type Route, route } from '../route.ts';
import { agentById } from '../store/agents.ts';
import { about } from './secrets.ts';

const WINDOW = 30_000;

export const secretResolutionRoutes: Route[] = [
  route('POST /api/v1/secrets/resolve', {
    summary: 'Hands an agent the secret that was sealed for its key',
    access: { agent: 'any' },
    body: secretResolution,
    run: async (call) => {
      const { services, principal, body, now } = call;
      const { namespace, operation, nonce, signature, agentPublicKey } = body;
      if (principal.kind !== 'agent' || !acceptsKey(principal.agent, agentPublicKey, now))
        throw unauthenticated('agentKeyNotRecognized', 'the signing key is not the registered key of a known agent');
      const madeAt = Date.parse(nonce.slice(0, nonce.lastIndexOf(':')));
      if (!(Math.abs(madeAt - now) <= WINDOW))
        throw unauthenticated('timestampOutsideWindow', 'The time in the nonce is too far from now');
      if (!(await verifySignatureAsync(Buffer.from(`${namespace}|${operation}|${nonce}`), signature, agentPublicKey)))
        throw unauthenticated('signatureInvalid', 'Signature verification failed');
      const outcome = await services.changes.record((change) => resolve(change, call, principal));
      if ('refusal' in outcome) throw outcome.refusal;
      return outcome;
    },
  }),
];

/** What is handed out; or the refusal, which has to be on the record as well. */
async function resolve(
  { queries, now, audit }: Change,
  { body, origin }: Call<z.output<typeof secretResolution>, unknown>,
  principal: AgentPrincipal,
) {
  const { namespace, operation, nonce, agentPublicKey } = body;
  const { numInsertedOrUpdatedRows } = await queries
    .insertInto('nonces')
    .values({ scope: `secret:${principal.id}`, nonce, expiresAt: now + 2 * WINDOW })
    .onConflict((row) => row.columns(['scope', 'nonce']).doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows === 0n) return { refusal: unauthenticated('nonceReused', 'The nonce was used before') };
  // Once more: it may have been suspended since its request was let in.
  const agent = await agentById(queries, principal.organizationId, principal.id);
  const row = await queries
    .selectFrom('secretNamespaces')
    .selectAll()
    .where('agentId', '=', agent.id)
    .where('namespace', '=', namespace)
    .executeTakeFirst();
  if (row === undefined) return { refusal: notFound('This agent has no secret of that name') };
  const refuse = (refusal: Refusal) => {
    audit(actorOf(principal, origin), about(row, 'deny', { operation, because: refusal.reasonCode }));
    return { refusal };
  };
  if (agent.status !== 'verified' || agent.isCompromised === 1)
    return refuse(forbidden('agentStatusDenied', `Secrets are for verified agents; this one is ${agent.status}`));
  const operations = JSON.parse(row.operations) as string[];
  if (!operations.includes(operation))
    return refuse(forbidden('operationNotAllowed', `The operation ${operation} is not allowed for this secret`));
  if (row.encryptedBlob === null) return refuse(notFound('Nothing is stored under that name yet'));
  if (row.sealedFor !== agentPublicKey)
    return refuse(conflict('sealedForOtherKey', 'The secret was sealed for another key of this agent; store it anew'));
  audit(actorOf(principal, origin), about(row, 'resolve', { operation, version: row.version }));
  return {
    namespace,
    operation,
    encryptedBlob: row.encryptedBlob,
    ephemeralPubKey: row.ephemeralPublicKey,
    encryptionAlg: row.encryptionAlgorithm,
    urlPatterns: JSON.parse(row.urlPatterns) as string[],
    version: row.version,
  };
}
