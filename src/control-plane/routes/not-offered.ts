// What AIM's own server has and this one has not, by decision: said in words, so that nobody takes it for a mistyped address.
// Three give out private keys (wire-agents §3.3), which that server keeps for every agent and this one for none. The fourth
// (§3.7) asks a registry of its makers to sign, and is refused there as well where no account at that registry is set up.

import { readers } from '../access.ts';
import { Refusal } from '../refusal.ts';
import { type Access, type Route, route } from '../route.ts';
import { agentById } from '../store/agents.ts';

type Missing = { at: string; access: Access; reasonCode: string; because: string };

const NO_PRIVATE_KEYS = 'this server never has the private key of an agent';

const missing: Missing[] = [
  {
    at: 'GET /api/v1/agents/:id/credentials',
    access: readers,
    reasonCode: 'privateKeyNotHeld',
    because: `${NO_PRIVATE_KEYS}. A new pair, its private half shown once: POST /api/v1/agents/:id/rotate-credentials`,
  },
  ...['GET /api/v1/agents/:id/sdk', 'GET /api/v1/sdk/download'].map((at) => ({
    at,
    access: readers,
    reasonCode: 'privateKeyNotHeld',
    because: `${NO_PRIVATE_KEYS}, so it packs none into a download. Install the SDK (pip install aim-sdk, npm install aim-terminal) and sign in: aim login`,
  })),
  {
    at: 'POST /api/v1/agents/:id/atc',
    access: { user: 'manager' },
    reasonCode: 'trustCredentialNotOffered',
    because:
      'trust credentials are signed by a registry outside, and none is set up here. What vouches for an agent: GET /api/v1/a2a/agents/:id/card',
  },
];

export const notOfferedRoutes: Route[] = missing.map(({ at, access, reasonCode, because }) =>
  route(at, {
    summary: `Refused: ${because.split('. ')[0]}`,
    access,
    run: async ({ services, principal, params }) => {
      if (params['id'] !== undefined) await agentById(services.queries, principal.organizationId, params['id']);
      throw new Refusal(422, reasonCode, `${because.charAt(0).toUpperCase()}${because.slice(1)}.`);
    },
  }),
);
