// Tokens that bring one agent in: made by a person, good for minutes and once, and never for anything else (wire-auth §2.9).

import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { bootstrapExchange, newBootstrapToken } from '../../wire/requests/onboarding.ts';
import { admits, role as roleWord } from '../../wire/session.ts';
import { actorOf, type UserPrincipal } from '../auth/principal.ts';
import type { Change } from '../database/change.ts';
import type { BootstrapTokenTable } from '../database/tables/onboarding.ts';
import { conflict, notFound, Refusal } from '../refusal.ts';
import { type Call, created, personOf, type Route, route } from '../route.ts';
import { registerIn } from '../store/registration.ts';
import { MOST, mustHaveRoom } from '../store/room.ts';
import { timeView } from '../views/time.ts';

const PREFIX = 'aim_ob_';
const tokens = '/api/v1/onboarding/bootstrap-tokens';

export const bootstrapTokenRoutes: Route[] = [
  route(`POST ${tokens}`, {
    summary: 'Makes a token that registers one agent; it is shown once',
    access: { user: 'member' },
    body: newBootstrapToken,
    run: (call) => {
      const person = personOf(call);
      const { name, agentName, ttlSeconds } = call.body;
      const token = `${PREFIX}${randomBytes(32).toString('base64url')}`;
      return call.services.changes.record(async ({ queries, now, audit }) => {
        const open = queries
          .selectFrom('bootstrapTokens')
          .select('id')
          .where('createdBy', '=', person.id)
          .where('usedAt', 'is', null)
          .where('revokedAt', 'is', null)
          .where('expiresAt', '>', now);
        await mustHaveRoom(open, MOST.bootstrapTokens, 'tokens of yours that nobody has used');
        const row: BootstrapTokenTable = {
          id: randomUUID(),
          organizationId: person.organizationId,
          name: name || (agentName ?? ''),
          tokenHash: hashOf(token),
          agentName: agentName ?? null,
          createdBy: person.id,
          createdAt: now,
          expiresAt: now + ttlSeconds * 1000,
          usedAt: null,
          usedByAgentId: null,
          revokedAt: null,
        };
        await queries.insertInto('bootstrapTokens').values(row).execute();
        audit(actorOf(person, call.origin), about(row, 'create'));
        return created({ ...view(row, now), token });
      });
    },
  }),
  route(`GET ${tokens}`, {
    summary: 'Lists tokens that register an agent, newest first; never the tokens themselves',
    access: { user: 'member' },
    run: async ({ services, principal, now }) => {
      const rows = await services.queries
        .selectFrom('bootstrapTokens')
        .selectAll()
        .where('organizationId', '=', principal.organizationId)
        .orderBy('createdAt', 'desc')
        .limit(200)
        .execute();
      return { tokens: rows.map((row) => view(row, now)), total: rows.length };
    },
  }),
  route(`POST ${tokens}/:id/revoke`, {
    summary: 'Ends a token that was not used yet; a member the own, a manager all',
    access: { user: 'member' },
    run: (call) => {
      const person = personOf(call);
      return call.services.changes.record(async ({ queries, now, audit }) => {
        const row = await queries
          .selectFrom('bootstrapTokens')
          .selectAll()
          .where('id', '=', call.params['id'] ?? '')
          .where('organizationId', '=', person.organizationId)
          .executeTakeFirst();
        if (row === undefined || (row.createdBy !== person.id && !admits(person.role, 'manager'))) throw notFound();
        if (row.usedAt !== null) throw conflict('bootstrapTokenUsed', 'The token was used already; revoke the agent instead');
        const revokedAt = row.revokedAt ?? now;
        await queries.updateTable('bootstrapTokens').set({ revokedAt }).where('id', '=', row.id).execute();
        if (row.revokedAt === null) audit(actorOf(person, call.origin), about(row, 'revoke'));
        return view({ ...row, revokedAt }, now);
      });
    },
  }),
  route(`POST ${tokens}/exchange`, {
    summary: 'Registers an agent by such a token, in the header X-AIM-Bootstrap-Token',
    access: { anyone: true },
    limit: 'strict',
    body: bootstrapExchange,
    run: async (call) => {
      const inAddress = /aim_ob_[\w-]+/.exec(call.target)?.[0];
      if (inAddress !== undefined) {
        // Whatever stands in an address stands in logs as well.
        await call.services.changes.record((change) => burn(change, call, inAddress));
        throw refused(400, 'in_url', 'The token came in the address, where others may read it; it was revoked');
      }
      const token = call.headers['x-aim-bootstrap-token'] ?? '';
      return call.services.changes.run((change) => exchange(change, call, token));
    },
  }),
];

async function exchange(change: Change, call: Call<ReturnType<typeof bootstrapExchange.parse>, unknown>, token: string) {
  const { queries, now, audit } = change;
  const { body, origin, services } = call;
  const row = await byToken(change, token);
  const maker = row === undefined ? null : await makerOf(change, row);
  if (row === undefined || maker === null) throw refused(401, 'invalid', 'The token is not one of this server');
  if (row.revokedAt !== null) throw refused(401, 'revoked', 'The token was revoked');
  if (row.usedAt !== null) throw refused(401, 'used', 'The token was used before');
  if (row.expiresAt <= now) throw refused(401, 'expired', 'The token has expired');
  if (row.agentName !== null && row.agentName !== body.name)
    throw refused(403, 'invalid', `The token is for an agent of the name ${row.agentName}`);
  const caller = { principal: maker, origin, sdkTokenId: null };
  const { agent, view: registered } = await registerIn(change, caller, { ...body, displayName: body.name });
  await queries.updateTable('bootstrapTokens').set({ usedAt: now, usedByAgentId: agent.id }).where('id', '=', row.id).execute();
  audit({ agentId: agent.id, agentName: agent.name, ipAddress: origin.ip, userAgent: origin.userAgent }, about(row, 'use'));
  return created({ ...registered, agentId: agent.id, dashboardUrl: `${services.publicUrl}/` });
}

async function burn(change: Change, { origin }: Call<unknown, unknown>, token: string): Promise<void> {
  const row = await byToken(change, token);
  if (row === undefined || row.usedAt !== null || row.revokedAt !== null) return;
  await change.queries.updateTable('bootstrapTokens').set({ revokedAt: change.now }).where('id', '=', row.id).execute();
  change.audit(
    { ipAddress: origin.ip, userAgent: origin.userAgent },
    about(row, 'revoke', { because: 'it came in an address' }),
  );
}

const byToken = ({ queries }: Change, token: string): Promise<BootstrapTokenTable | undefined> =>
  queries.selectFrom('bootstrapTokens').selectAll().where('tokenHash', '=', hashOf(token)).executeTakeFirst();

/** Who answers for the agent. Null where they may no longer register one: a token outlives neither account nor role. */
async function makerOf({ queries }: Change, { createdBy }: BootstrapTokenTable): Promise<UserPrincipal | null> {
  const user = await queries.selectFrom('users').selectAll().where('id', '=', createdBy).executeTakeFirst();
  if (user === undefined || user.status !== 'active') return null;
  const role = roleWord.parse(user.role);
  if (!admits(role, 'member')) return null;
  const { id, organizationId, email, name } = user;
  return {
    kind: 'user',
    id,
    organizationId,
    email,
    name,
    role,
    groups: [],
    sessionId: '',
    sessionStartedAt: 0,
    provedAt: null,
  };
}

const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64');

function refused(status: number, why: 'invalid' | 'expired' | 'used' | 'revoked' | 'in_url', message: string): Refusal {
  const code = `bootstrap_token_${why}`;
  return new Refusal(status, code, message, { code });
}

const about = (row: BootstrapTokenTable, action: string, metadata: Record<string, unknown> = {}) => ({
  organizationId: row.organizationId,
  action,
  resourceType: 'bootstrap_token',
  resourceId: row.id,
  metadata: { name: row.name, agentName: row.agentName, ...metadata },
});

function view({ tokenHash: _, ...row }: BootstrapTokenTable, now: number) {
  const status =
    row.usedAt !== null ? 'used' : row.revokedAt !== null ? 'revoked' : row.expiresAt <= now ? 'expired' : 'active';
  return {
    ...row,
    status,
    createdAt: timeView(row.createdAt),
    expiresAt: timeView(row.expiresAt),
    usedAt: timeView(row.usedAt),
    revokedAt: timeView(row.revokedAt),
  };
}
