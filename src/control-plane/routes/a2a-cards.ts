// Agent cards: registered, attested by this server, read with what it knows of the agent (wire-mcp-logs-a2a §6.2, §6.3).

import { cardChange, cardRegistration, pageQuery } from '../../wire/requests/a2a.ts';
import { actingAgent } from '../a2a/acting.ts';
import { aimMember, builtCard, cardById, cardOf, cardView, keepCard } from '../a2a/cards.ts';
import { fetchCard, readCard } from '../a2a/fetch-card.ts';
import { readers, speakers } from '../access.ts';
import { actorOf } from '../auth/principal.ts';
import type { Change } from '../database/change.ts';
import type { A2ACardTable } from '../database/tables/a2a.ts';
import { invalid, Refusal } from '../refusal.ts';
import { Answer, type Call, type Route, route } from '../route.ts';
import { agentById } from '../store/agents.ts';

export const a2aCardRoutes: Route[] = [
  route('GET /.well-known/jwks.json', {
    summary: 'The keys with which this server attests agent cards',
    access: { anyone: true },
    run: ({ services: { serverKeys } }) => {
      const key = {
        kty: 'OKP',
        crv: 'Ed25519',
        alg: 'EdDSA',
        use: 'sig',
        x: Buffer.from(serverKeys.attestation.publicKey, 'base64').toString('base64url'),
        kid: serverKeys.attestationKeyId,
        purpose: 'a2a-card-attestation',
        status: 'active',
      };
      return new Answer(200, { keys: [key] }, { 'Cache-Control': 'public, max-age=300' });
    },
  }),
  route('POST /api/v1/a2a/agents/:id/card', {
    summary: 'Registers the card of an agent, from its address or as it is, and attests it',
    access: speakers,
    body: cardRegistration,
    run: (call) => register(call, call.params['id'] ?? '', call.body),
  }),
  route('POST /api/v1/a2a/cards', {
    summary: 'Registers a card for the agent that it names',
    access: speakers,
    body: cardRegistration,
    run: (call) => {
      if (call.body.agentId === undefined) throw invalid('agentId: is needed', 'agentId');
      return register(call, call.body.agentId, call.body);
    },
  }),
  route('GET /api/v1/a2a/agents/:id/card', {
    summary: 'The card of an agent, with its standing here',
    access: readers,
    run: async ({ services, principal, params, now }) => {
      const { queries, publicUrl } = services;
      const agent = await agentById(queries, principal.organizationId, params['id'] ?? '');
      const row = await cardOf(queries, agent.organizationId, agent.id);
      const card = row === undefined ? await builtCard(queries, agent, publicUrl) : (JSON.parse(row.cardData) as object);
      return { ...card, aim: await aimMember(queries, agent, row, publicUrl, now) };
    },
  }),
  route('POST /api/v1/a2a/agents/:id/card/refresh', {
    summary: 'Fetches the card again where it has an address, and attests it for another day',
    access: speakers,
    run: (call) => refresh(call, call.params['id'] ?? ''),
  }),
  route('GET /api/v1/a2a/cards', {
    summary: 'Lists registered cards',
    access: readers,
    query: pageQuery,
    run: async ({ services, principal, query: { limit, offset }, now }) => {
      const stored = services.queries.selectFrom('a2aCards').where('organizationId', '=', principal.organizationId);
      const rows = await stored.selectAll().orderBy('createdAt').orderBy('id').limit(limit).offset(offset).execute();
      const { total } = await stored.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
      return { cards: rows.map((row) => cardView(row, now)), total: Number(total), limit, offset };
    },
  }),
  route('GET /api/v1/a2a/cards/:id', {
    summary: 'One registered card',
    access: readers,
    run: async ({ services, principal, params, now }) =>
      cardView(await cardById(services.queries, principal.organizationId, params['id'] ?? ''), now),
  }),
  route('PUT /api/v1/a2a/cards/:id', {
    summary: 'Changes a card; an agent that has none gets one',
    access: speakers,
    body: cardChange,
    run: async (call) => {
      const { services, principal, body } = call;
      const id = call.params['id'] ?? '';
      const known = await cardById(services.queries, principal.organizationId, id).catch(() => null);
      const agent = await actingAgent(services.queries, principal, known?.agentId ?? id);
      return services.changes.run(async (change) => {
        const before = await cardOf(change.queries, agent.organizationId, agent.id);
        const base =
          before === undefined
            ? await builtCard(change.queries, agent, services.publicUrl)
            : (JSON.parse(before.cardData) as object);
        // What the agent signed no longer covers the card.
        const { signatures: _, ...rest } = { ...base, ...body } as Record<string, unknown>;
        const text = JSON.stringify(rest);
        const row = await keepCard(change, services.serverKeys, agent, {
          text,
          card: readCard(text, agent.id),
          cardUrl: `inline://${agent.id}`,
          isFetched: false,
        });
        tell(change, call, row, 'update');
        return cardView(row, change.now);
      });
    },
  }),
  route('POST /api/v1/a2a/cards/:id/attestation', {
    summary: 'Attests a card for another day',
    access: speakers,
    run: async (call) =>
      refresh(call, (await cardById(call.services.queries, call.principal.organizationId, call.params['id'] ?? '')).agentId),
  }),
];

type Registration = { cardUrl?: string | null | undefined; cardData?: string | Record<string, unknown> | null | undefined };

async function register(call: Call<unknown, unknown>, agentId: string, { cardUrl, cardData }: Registration) {
  const { services, principal } = call;
  const agent = await actingAgent(services.queries, principal, agentId);
  const isInline = cardData !== undefined && cardData !== null;
  if (!isInline && !cardUrl) throw invalid('cardUrl: is needed, or cardData', 'cardUrl');
  const given = typeof cardData === 'string' ? cardData : JSON.stringify(cardData);
  const text = isInline ? given : await fetchCard(cardUrl ?? '', services.allowInside);
  const card = readCard(text, agent.id);
  return services.changes.run(async (change) => {
    const row = await keepCard(change, services.serverKeys, agent, {
      text,
      card,
      cardUrl: isInline ? `inline://${agent.id}` : (cardUrl ?? ''),
      isFetched: !isInline,
    });
    tell(change, call, row, 'register');
    return new Answer(201, registered(row, change.now));
  });
}

async function refresh(call: Call<unknown, unknown>, agentId: string) {
  const { services, principal } = call;
  const agent = await actingAgent(services.queries, principal, agentId);
  const before = await cardOf(services.queries, agent.organizationId, agent.id);
  if (before === undefined) throw new Refusal(404, 'notFound', 'This agent has registered no card');
  const isFetched = !before.cardUrl.startsWith('inline:');
  const text = isFetched ? await fetchCard(before.cardUrl, services.allowInside) : before.cardData;
  const card = readCard(text, agent.id);
  return services.changes.run(async (change) => {
    const row = await keepCard(change, services.serverKeys, agent, { text, card, cardUrl: before.cardUrl, isFetched });
    tell(change, call, row, 'attest');
    return registered(row, change.now);
  });
}

function registered(row: A2ACardTable, now: number) {
  const view = cardView(row, now);
  return { ...view, skills: view.skills.map(({ id }) => id) };
}

function tell(
  { audit }: Pick<Change, 'audit'>,
  { principal, origin }: Call<unknown, unknown>,
  row: A2ACardTable,
  action: string,
): void {
  audit(actorOf(principal, origin), {
    organizationId: row.organizationId,
    action,
    resourceType: 'a2a-card',
    resourceId: row.id,
    agentId: row.agentId,
    metadata: { cardUrl: row.cardUrl, cardHash: row.cardHash },
  });
}
