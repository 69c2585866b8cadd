// What happens to an agent: verified, suspended, reactivated, revoked; new keys; trust; signs of life.

import { generateSigningKey, isPublicKey } from '../../crypto/ed25519.ts';
import { newKey, reasonOnly } from '../../wire/requests/agents.ts';
import { readers } from '../access.ts';
import { actorOf, type Principal } from '../auth/principal.ts';
import type { Change } from '../database/change.ts';
import type { AgentTable } from '../database/tables/agents.ts';
import { conflict, invalid } from '../refusal.ts';
import { type Call, type Origin, personOf, type Route, route } from '../route.ts';
import { type LifecycleAction, transition } from '../rules/lifecycle.ts';
import { agentById } from '../store/agents.ts';
import { recordHeartbeat } from '../store/presence.ts';
import { KEY_LIFETIME } from '../store/registration.ts';
import { rescore } from '../store/trust.ts';
import { agentView } from '../views/agent.ts';
import { timeView } from '../views/time.ts';
import { mayChange } from './agents.ts';
import { mayReplaceKey } from './may-replace-key.ts';

const DAY = 24 * 60 * 60 * 1000;
// Long enough for a fleet to pick its new key up; short enough that a stolen one dies.
export const GRACE = DAY;
const RETENTION = 30 * DAY;

export const agentLifeRoutes: Route[] = [
  ...(['verify', 'suspend', 'reactivate', 'revoke'] as const).map((action) =>
    route(`POST /api/v1/agents/:id/${action}`, {
      summary: `${action[0]?.toUpperCase()}${action.slice(1)}s an agent`.replace('ys ', 'ies '),
      access: { user: 'manager' },
      body: reasonOnly,
      run: (call) => move(call, action, call.body.reason ?? null),
    }),
  ),
  route('PUT /api/v1/agents/:id/keys', {
    summary: 'Replaces the public key by one that the client made',
    access: { user: 'member', agent: 'self', key: 'self' },
    body: newKey,
    run: async ({ services, principal, params, body, origin }) => {
      if (!isPublicKey(body.publicKey)) throw invalid('publicKey: must be base64 of 32 bytes', 'publicKey');
      return services.changes.run(async (change) => {
        const agent = await agentById(change.queries, principal.organizationId, params['id'] ?? '');
        mayReplaceKey(principal, agent);
        return {
          message: 'Public key updated successfully',
          ...(await replaceKey(change, principal, origin, agent, body.publicKey)),
        };
      });
    },
  }),
  route('POST /api/v1/agents/:id/rotate-credentials', {
    summary: 'Makes a new key pair and shows its private half once',
    access: { user: 'member', agent: 'self', key: 'self' },
    run: async ({ services, principal, params, origin }) =>
      services.changes.run(async (change) => {
        const agent = await agentById(change.queries, principal.organizationId, params['id'] ?? '');
        mayReplaceKey(principal, agent);
        const key = generateSigningKey();
        const answer = await replaceKey(change, principal, origin, agent, key.publicKey);
        return {
          message: 'Credentials rotated successfully',
          ...answer,
          privateKey: key.privateKey,
          warning: 'Store the private key securely. It will not be shown again.',
        };
      }),
  }),
  route('GET /api/v1/agents/:id/key-vault', {
    summary: 'The public side of the keys of an agent',
    access: readers,
    run: async ({ services, principal, params }) => {
      const agent = await agentById(services.queries, principal.organizationId, params['id'] ?? '');
      return {
        agentId: agent.id,
        agentName: agent.name,
        publicKey: agent.publicKey,
        keyAlgorithm: 'Ed25519',
        certificateUrl: agent.certificateUrl,
        keyCreatedAt: timeView(agent.keyCreatedAt),
        keyExpiresAt: timeView(agent.keyExpiresAt),
        key_rotation_grace_until: timeView(agent.previousKeyUntil),
        rotationCount: agent.rotationCount,
        has_previous_public_key: agent.previousPublicKey !== null,
      };
    },
  }),
  route('POST /api/v1/sdk-api/agents/:id/heartbeat', {
    summary: 'An agent says that it is alive',
    access: { agent: 'self', key: 'self', user: 'member' },
    run: async ({ services, principal, params }) => {
      const { agent, now } = await services.changes.record(async (change) => {
        const agent = await agentById(change.queries, principal.organizationId, params['id'] ?? '');
        mayChange(principal, agent);
        await recordHeartbeat(change.queries, agent, change.now);
        return { agent, now: change.now };
      });
      return { agentId: agent.id, status: agent.status, lastHeartbeat: timeView(now), trustScore: agent.trustScore };
    },
  }),
];

async function move(call: Call<unknown, unknown>, action: LifecycleAction, reason: string | null) {
  const person = personOf(call);
  return call.services.changes.run(async (change) => {
    const { queries, now } = change;
    const before = await agentById(queries, person.organizationId, call.params['id'] ?? '');
    const outcome = transition(before.status, action);
    if ('refused' in outcome) {
      throw conflict('agentStatusTransitionRefused', outcome.refused, {
        code: 'agentStatusTransitionRefused',
        current: await agentView(queries, before),
      });
    }
    let agent = before;
    if (outcome.changed) {
      const set: Partial<AgentTable> = { status: outcome.to, updatedAt: now };
      if (outcome.to === 'verified') set.verifiedAt = now;
      if (outcome.to === 'revoked') set.revokedAt = now;
      await queries.updateTable('agents').set(set).where('id', '=', before.id).execute();
      if (outcome.to === 'revoked') {
        await queries
          .insertInto('revocations')
          .values({ agentId: before.id, organizationId: before.organizationId, revokedAt: now })
          .execute();
      }
      agent = await rescore(change, { ...before, ...set }, action, person.id);
      if (outcome.to === 'suspended' || outcome.to === 'revoked') await endWhatIsOpen(change, agent);
      await tellUpdated(change, actorOf(person, call.origin), agent, action, { from: before.status, to: agent.status, reason });
    }
    const view = await agentView(queries, agent);
    return {
      success: true,
      verified: agent.status === 'verified',
      changed: outcome.changed,
      message: outcome.changed
        ? `Agent ${agent.name} is now ${agent.status}`
        : `Agent ${agent.name} was already ${agent.status}`,
      status: agent.status,
      trustScore: agent.trustScore,
      verifiedAt: timeView(agent.verifiedAt),
      ...(agent.status === 'revoked' ? { retentionUntil: timeView((agent.revokedAt ?? now) + RETENTION) } : {}),
      agent: view,
    };
  });
}

// Permissions that an approval made do not outlive the agent's standing. Waiting requests are refused when somebody decides them.
async function endWhatIsOpen({ queries, now }: Change, agent: AgentTable): Promise<void> {
  await queries
    .updateTable('grants')
    .set({ revokedAt: now, revokedBy: 'system' })
    .where('agentId', '=', agent.id)
    .where('revokedAt', 'is', null)
    .where('expiresAt', '>', now)
    .execute();
}

async function replaceKey(change: Change, principal: Principal, origin: Origin, agent: AgentTable, publicKey: string) {
  const { queries, now } = change;
  const set = {
    publicKey,
    previousPublicKey: agent.publicKey === publicKey ? agent.previousPublicKey : agent.publicKey,
    previousKeyUntil: agent.publicKey === publicKey ? agent.previousKeyUntil : now + GRACE,
    keyCreatedAt: now,
    keyExpiresAt: now + KEY_LIFETIME,
    rotationCount: agent.rotationCount + 1,
    updatedAt: now,
  };
  await queries.updateTable('agents').set(set).where('id', '=', agent.id).execute();
  await tellUpdated(change, actorOf(principal, origin), { ...agent, ...set }, 'replace-key', {
    publicKey,
    previousPublicKey: set.previousPublicKey,
  });
  return {
    success: true,
    agentId: agent.id,
    publicKey,
    previousPublicKey: set.previousPublicKey,
    previous_public_key: set.previousPublicKey,
    rotationCount: set.rotationCount,
    keyCreatedAt: timeView(now),
    keyExpiresAt: timeView(set.keyExpiresAt),
    keyRotationGraceUntil: timeView(set.previousKeyUntil),
  };
}

export async function tellUpdated(
  change: Change,
  actor: Parameters<Change['audit']>[0],
  agent: AgentTable,
  action: string,
  metadata: Record<string, unknown>,
): Promise<void> {
  change.audit(actor, {
    organizationId: agent.organizationId,
    action,
    resourceType: 'agent',
    resourceId: agent.id,
    agentName: agent.name,
    metadata,
  });
  change.publish({
    organizationId: agent.organizationId,
    type: 'agent',
    change: agent.status === 'revoked' ? 'revoked' : 'updated',
    agentId: agent.id,
    subject: await agentView(change.queries, agent),
  });
}
