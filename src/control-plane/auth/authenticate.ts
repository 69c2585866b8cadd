// Finds out who makes a request: bearer token, else agent signature, else API key (wire-agents §1.2).

import { createHash } from 'node:crypto';
import { role as roleWord } from '../../wire/session.ts';
import { unauthenticated } from '../refusal.ts';
import type { Services } from '../services.ts';
import { checkAgentSignature } from './agent-signature.ts';
import { hybridRequired } from './post-quantum-keys.ts';
import type { KeyPrincipal, Principal, UserPrincipal } from './principal.ts';
import { signaturesIn } from './signature-headers.ts';
import type { ServiceClaims } from './tokens.ts';

export type Credentials = {
  headers: Readonly<Record<string, string | undefined>>;
  method: string;
  target: string;
  text: string;
};

/** Null where the request carries no credential at all. @throws Refusal 401 where it carries a bad one. */
export async function authenticate(services: Services, request: Credentials, now: number): Promise<Principal | null> {
  const { headers } = request;
  const authorization = headers['authorization'];
  if (authorization !== undefined) {
    const [, token] = /^Bearer (\S+)$/.exec(authorization) ?? [];
    if (token === undefined) throw unauthenticated('authorizationMalformed', 'Invalid authorization header');
    return token.startsWith(KEY_PREFIX) ? keyHolder(services, token, now) : bearer(services, token, now);
  }
  const agentId = headers['x-agent-id'];
  const timestamp = headers['x-timestamp'];
  if (agentId !== undefined && timestamp !== undefined) {
    const { agent, signedWith, isPresent } = await checkAgentSignature(
      services.queries,
      services.replays,
      {
        agentId,
        timestamp,
        ...signaturesIn(headers),
        method: request.method,
        target: request.target,
        body: request.text,
      },
      now,
    );
    return {
      kind: 'agent',
      organizationId: agent.organizationId,
      id: agent.id,
      agent,
      by: signedWith,
      isPresentKey: isPresent,
    };
  }
  const key = headers['x-api-key'] ?? headers['x-aim-api-key'];
  return key === undefined ? null : keyHolder(services, key, now);
}

export const KEY_PREFIX = 'aim_live_';

export const keyHash = (key: string): string => createHash('sha256').update(key).digest('base64');

async function bearer(services: Services, token: string, now: number): Promise<Principal> {
  const claims = await services.tokens.readBearer(token, now);
  if ('agentId' in claims) return serviceAgent(services, claims);
  const row = await services.queries
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.userId')
    .select([
      'users.id',
      'users.organizationId',
      'users.email',
      'users.name',
      'users.role',
      'users.status',
      'users.groups',
      'sessions.startedAt',
      'sessions.provedAt',
      'sessions.endedAt',
    ])
    .where('sessions.id', '=', claims.sessionId)
    .where('users.id', '=', claims.userId)
    .executeTakeFirst();
  if (row === undefined || row.endedAt !== null) throw unauthenticated('tokenRevoked', 'The token was revoked; sign in again');
  if (row.status !== 'active') throw unauthenticated('accountNotActive', 'This account is not active');
  return {
    kind: 'user',
    organizationId: row.organizationId,
    id: row.id,
    email: row.email,
    name: row.name,
    role: roleWord.parse(row.role),
    groups: JSON.parse(row.groups) as string[],
    sessionId: claims.sessionId,
    sessionStartedAt: row.startedAt,
    provedAt: row.provedAt,
  } satisfies UserPrincipal;
}

async function serviceAgent(services: Services, { agentId, issuedAt }: ServiceClaims): Promise<Principal> {
  const agent = await services.queries.selectFrom('agents').selectAll().where('id', '=', agentId).executeTakeFirst();
  if (agent === undefined) throw unauthenticated('tokenInvalid', 'Invalid or expired token');
  if (agent.status !== 'verified' && agent.status !== 'pending') {
    throw unauthenticated('agentStatusDenied', `Agent is not permitted to authenticate (status: ${agent.status})`);
  }
  // It was given for one signature.
  if (agent.hybridMode === 1) throw hybridRequired();
  return {
    kind: 'agent',
    organizationId: agent.organizationId,
    id: agent.id,
    agent,
    by: 'service-token',
    // Given for the key of its time: from before a new key, it is not the present one's. In whole seconds, as tokens count.
    isPresentKey: issuedAt >= Math.floor(agent.keyCreatedAt / 1000) * 1000,
  };
}

async function keyHolder(services: Services, key: string, now: number): Promise<KeyPrincipal> {
  const row = await services.queries
    .selectFrom('apiKeys')
    .innerJoin('users', 'users.id', 'apiKeys.userId')
    .leftJoin('agents', 'agents.id', 'apiKeys.agentId')
    .select([
      'agents.status as agentStatus',
      'apiKeys.id',
      'apiKeys.organizationId',
      'apiKeys.agentId',
      'apiKeys.isActive',
      'apiKeys.expiresAt',
      'apiKeys.lastUsedAt',
      'users.id as userId',
      'users.email',
      'users.role',
      'users.status',
    ])
    .where('apiKeys.keyHash', '=', keyHash(key))
    .executeTakeFirst();
  if (row === undefined || row.status !== 'active') throw unauthenticated('apiKeyInvalid', 'Invalid API key');
  if (row.isActive === 0) throw unauthenticated('apiKeyDisabled', 'This API key is disabled');
  if (row.expiresAt !== null && row.expiresAt <= now) throw unauthenticated('apiKeyExpired', 'This API key has expired');
  // The key of an agent is the agent: what ended with its standing does not go on by key.
  if (row.agentStatus === 'suspended' || row.agentStatus === 'revoked')
    throw unauthenticated('agentStatusDenied', `Agent is not permitted to authenticate (status: ${row.agentStatus})`);
  // To the minute is enough, and keeps a busy key from writing at every call.
  if (row.lastUsedAt === null || now - row.lastUsedAt > 60_000) {
    await services.queries.updateTable('apiKeys').set({ lastUsedAt: now }).where('id', '=', row.id).execute();
  }
  return {
    kind: 'key',
    organizationId: row.organizationId,
    id: row.id,
    userId: row.userId,
    userEmail: row.email,
    userRole: roleWord.parse(row.role),
    agentId: row.agentId,
  };
}
