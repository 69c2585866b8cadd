// Post-quantum keys of agents: registered, replaced, shown, and whether requests need both signatures (wire-agents §1.3, §3.7).

import { isMlDsaKey, type MlDsaAlgorithm, mlDsaAlgorithms, mlDsaSizes } from '../../crypto/ml-dsa.ts';
import { hybridSwitch, newPostQuantumKey, nextPostQuantumKey } from '../../wire/requests/agents.ts';
import { readers } from '../access.ts';
import { actorOf, type Principal } from '../auth/principal.ts';
import type { Change } from '../database/change.ts';
import type { AgentTable } from '../database/tables/agents.ts';
import { conflict, invalid, notFound } from '../refusal.ts';
import { type Call, type Route, route } from '../route.ts';
import { agentById } from '../store/agents.ts';
import { KEY_LIFETIME } from '../store/registration.ts';
import { timeView } from '../views/time.ts';
import { GRACE, tellUpdated } from './agent-life.ts';
import { mayReplaceKey } from './may-replace-key.ts';

// Not an API key: whoever has one alone could otherwise choose what the agent signs with.
const holders = { user: 'member', agent: 'self' } as const;

export const postQuantumRoutes: Route[] = [
  route('GET /api/v1/agents/:id/pqc-key', {
    summary: 'The public side of the post-quantum key of an agent',
    access: readers,
    run: async ({ services, principal, params }) => {
      const agent = await agentById(services.queries, principal.organizationId, params['id'] ?? '');
      const { pqcAlgorithm, pqcPublicKey, hybridMode } = agent;
      return {
        agentId: agent.id,
        agentName: agent.name,
        pqcStatus: pqcPublicKey === null ? 'not_configured' : hybridMode === 1 ? 'hybrid_mode' : 'pqc_only',
        pqcPublicKey,
        pqcKeyAlgorithm: pqcAlgorithm,
        pqcKeyCreatedAt: timeView(agent.pqcKeyCreatedAt),
        pqcKeyExpiresAt: timeView(agent.pqcKeyExpiresAt),
        hasPreviousPqcKey: agent.previousPqcKey !== null,
        hybridModeEnabled: hybridMode === 1,
        effectiveAlgorithm: hybridMode === 1 ? `Ed25519+${pqcAlgorithm}` : 'Ed25519',
        hasClassicalKey: true,
        classicalKeyAlgorithm: 'Ed25519',
        ed25519PublicKey: agent.publicKey,
      };
    },
  }),
  route('POST /api/v1/agents/:id/pqc-key', {
    summary: 'Gives an agent its first post-quantum key, which the client made',
    access: holders,
    body: newPostQuantumKey,
    run: (call) => {
      const { body } = call;
      const wanted = body.enableHybrid ?? body.enableHybridMode ?? false;
      return changed(call, async (change, agent) => {
        const key = keyOf(body.algorithm, body.publicKey ?? body.pqcPublicKey, 'publicKey');
        if (agent.pqcPublicKey !== null)
          throw conflict('pqcKeyPresent', 'Agent already has a PQC key registered; PUT replaces it');
        // Who cannot show that they sign with both would lock themselves out. A person may say so for the agent.
        const isHybrid = wanted && call.principal.kind === 'user';
        const set = { ...newKey(change, key), hybridMode: isHybrid ? 1 : 0 } as const;
        await keep(change, call, agent, set, 'register-pqc-key');
        return {
          ...answer(agent, key, set.pqcKeyCreatedAt),
          hybridModeEnabled: isHybrid,
          message:
            wanted && !isHybrid
              ? 'PQC key registered. Hybrid mode stays off until a request that carries both signatures, or a person, turns it on'
              : 'PQC key registered successfully',
        };
      });
    },
  }),
  route('PUT /api/v1/agents/:id/pqc-key', {
    summary: 'Replaces the post-quantum key; the one before still signs for a day',
    access: holders,
    body: nextPostQuantumKey,
    run: (call) => {
      const { body } = call;
      return changed(call, async (change, agent) => {
        const key = keyOf(body.algorithm, body.newPublicKey ?? body.newPqcPublicKey, 'newPublicKey');
        if (agent.pqcPublicKey === null) throw notFound('Agent does not have a PQC key to rotate; POST registers one');
        const before = {
          previousPqcKey: agent.pqcPublicKey,
          previousPqcAlgorithm: agent.pqcAlgorithm,
          previousPqcUntil: change.now + GRACE,
        };
        const isOther = key.publicKey !== agent.pqcPublicKey;
        const set = { ...newKey(change, key), ...(isOther ? before : {}) };
        await keep(change, call, agent, set, 'rotate-pqc-key');
        return {
          ...answer(agent, key, set.pqcKeyCreatedAt),
          hasPreviousPqcKey: isOther || agent.previousPqcKey !== null,
          hybridModeEnabled: agent.hybridMode === 1,
          message: 'PQC key rotated successfully',
        };
      });
    },
  }),
  route('POST /api/v1/agents/:id/hybrid-mode', {
    summary: 'Whether requests of an agent need both signatures',
    access: holders,
    body: hybridSwitch,
    run: (call) => {
      const enable = call.body.enable ?? call.body.enabled ?? null;
      return changed(call, async (change, agent) => {
        if (enable === null) throw invalid('enable: is needed', 'enable');
        if (enable && agent.pqcPublicKey === null)
          throw invalid('Cannot enable hybrid mode: agent does not have a PQC key; POST …/pqc-key registers one', 'enable');
        // Not 401: nothing is wrong with who asks, and SDKs read a 401 as a wrong key.
        if (enable && call.principal.kind === 'agent' && call.principal.by !== 'both')
          throw conflict('hybridSignatureRequired', 'To turn hybrid mode on, sign with both keys, or let a person do it');
        await keep(change, call, agent, { hybridMode: enable ? 1 : 0 }, enable ? 'enable-hybrid' : 'disable-hybrid');
        const message = `Hybrid mode ${enable ? 'enabled' : 'disabled'} successfully`;
        return { success: true, agentId: agent.id, hybridModeEnabled: enable, message };
      });
    },
  }),
  route('GET /api/v1/crypto/algorithms', {
    summary: 'What agents may sign with',
    access: { anyone: true },
    run: () => ({
      algorithms: [CLASSICAL, ...POST_QUANTUM, ...HYBRID],
      classical: [CLASSICAL],
      postQuantum: POST_QUANTUM,
      hybrid: HYBRID,
      recommended: { classical: 'Ed25519', postQuantum: 'ML-DSA-65', hybrid: 'Ed25519+ML-DSA-65' },
    }),
  }),
];

type Key = { algorithm: MlDsaAlgorithm; publicKey: string };

function keyOf(named: string, publicKey: string | null | undefined, member: string): Key {
  const algorithm = mlDsaAlgorithms.find((each) => named === each || named === `Ed25519+${each}`);
  if (algorithm === undefined) throw invalid(`algorithm: must be one of ${mlDsaAlgorithms.join(', ')}`, 'algorithm');
  if (!publicKey || !isMlDsaKey(algorithm, publicKey))
    throw invalid(`${member}: must be base64 of the ${mlDsaSizes[algorithm].publicKey} bytes of ${algorithm}`, member);
  return { algorithm, publicKey };
}

function changed<Result>(
  { services, principal, params }: Pick<Call<unknown, unknown>, 'services' | 'principal' | 'params'>,
  work: (change: Change, agent: AgentTable) => Promise<Result>,
): Promise<Result> {
  return services.changes.run(async (change) => {
    const agent = await agentById(change.queries, principal.organizationId, params['id'] ?? '');
    mayReplaceKey(principal, agent);
    return work(change, agent);
  });
}

const newKey = ({ now }: Change, { algorithm, publicKey }: Key) => ({
  pqcPublicKey: publicKey,
  pqcAlgorithm: algorithm,
  pqcKeyCreatedAt: now,
  pqcKeyExpiresAt: now + KEY_LIFETIME,
});

async function keep(
  change: Change,
  { principal, origin }: { principal: Principal; origin: Call<unknown, unknown>['origin'] },
  agent: AgentTable,
  set: Partial<AgentTable>,
  action: string,
): Promise<void> {
  const after = { ...agent, ...set, updatedAt: change.now };
  await change.queries
    .updateTable('agents')
    .set({ ...set, updatedAt: change.now })
    .where('id', '=', agent.id)
    .execute();
  await tellUpdated(change, actorOf(principal, origin), after, action, {
    algorithm: after.pqcAlgorithm,
    pqcPublicKey: after.pqcPublicKey,
    hybridMode: after.hybridMode === 1,
  });
}

const answer = (agent: AgentTable, { algorithm, publicKey }: Key, at: number) => ({
  success: true,
  agentId: agent.id,
  pqcPublicKey: publicKey,
  pqcKeyAlgorithm: algorithm,
  pqcKeyCreatedAt: timeView(at),
});

// Each in the members of the published SDKs and in those of AIM's server.
const listed = (name: string, type: string, level: number, publicKeySize: number, signatureSize: number) => ({
  name,
  algorithm: name,
  type,
  securityLevel: level,
  publicKeySize,
  signatureSize,
  recommended: name === 'Ed25519' || name.endsWith('ML-DSA-65'),
  status: name === 'Ed25519' || name.endsWith('ML-DSA-65') ? 'recommended' : 'supported',
});
const CLASSICAL = listed('Ed25519', 'classical', 1, 32, 64);
const POST_QUANTUM = mlDsaAlgorithms.map((name) => {
  const { level, publicKey, signature } = mlDsaSizes[name];
  return listed(name, 'post_quantum', level, publicKey, signature);
});
const HYBRID = mlDsaAlgorithms.map((name) => {
  const { level, publicKey, signature } = mlDsaSizes[name];
  return listed(`Ed25519+${name}`, 'hybrid', level, 32 + publicKey, 64 + signature);
});
