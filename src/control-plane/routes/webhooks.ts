// Webhooks: who is called when something happens (wire-agents §5.3).

import { randomBytes, randomUUID } from 'node:crypto';
import { newWebhook, webhookChange } from '../../wire/requests/administration.ts';
import { actorOf } from '../auth/principal.ts';
import type { Change } from '../database/change.ts';
import type { WebhookTable } from '../database/tables/records.ts';
import { invalid, notFound } from '../refusal.ts';
import { type Call, created, personOf, type Route, route } from '../route.ts';
import { MOST, mustHaveRoom } from '../store/room.ts';
import { headOfStream } from '../stream/log.ts';
import { timeView } from '../views/time.ts';
import { callableAddress } from '../webhooks/address.ts';
import { callWebhook } from '../webhooks/call.ts';

export const webhookRoutes: Route[] = [
  route('GET /api/v1/webhooks', {
    summary: 'Lists webhooks; never their secrets',
    access: { user: 'viewer' },
    run: async ({ services, principal }) => {
      const rows = await services.queries
        .selectFrom('webhooks')
        .selectAll()
        .where('organizationId', '=', principal.organizationId)
        .orderBy('createdAt')
        .limit(1000)
        .execute();
      return { webhooks: rows.map(view), total: rows.length };
    },
  }),
  route('POST /api/v1/webhooks', {
    summary: 'Adds a webhook; the secret that signs its calls is shown once',
    access: { user: 'member' },
    body: newWebhook,
    run: async (call) => {
      const person = personOf(call);
      const { name, url, events, secret, isActive } = call.body;
      await mustBeCallable(call, url);
      return call.services.changes.run(async ({ queries, now, audit }) => {
        const all = queries.selectFrom('webhooks').select('id').where('organizationId', '=', person.organizationId);
        await mustHaveRoom(all, MOST.webhooks, 'webhooks');
        const row: WebhookTable = {
          id: randomUUID(),
          organizationId: person.organizationId,
          name,
          url,
          secret: secret ?? randomBytes(32).toString('base64url'),
          events: JSON.stringify(events ?? []),
          isActive: (isActive ?? true) ? 1 : 0,
          lastDeliveryAt: null,
          lastStatus: null,
          failureCount: 0,
          position: await headOfStream(queries),
          createdBy: person.id,
          createdAt: now,
          updatedAt: now,
        };
        await queries.insertInto('webhooks').values(row).execute();
        audit(actorOf(person, call.origin), {
          organizationId: row.organizationId,
          action: 'create',
          resourceType: 'webhook',
          resourceId: row.id,
          metadata: { name, url },
        });
        return created({ ...view(row), secret: row.secret });
      });
    },
  }),
  route('GET /api/v1/webhooks/:id', {
    summary: 'One webhook',
    access: { user: 'viewer' },
    run: async ({ services, principal, params }) =>
      view(await webhookById(services.queries, principal.organizationId, params['id'] ?? '')),
  }),
  route('PUT /api/v1/webhooks/:id', {
    summary: 'Changes a webhook',
    access: { user: 'member' },
    body: webhookChange,
    run: async (call) => {
      const person = personOf(call);
      const { name, url, events, isActive } = call.body;
      if (url !== undefined) await mustBeCallable(call, url);
      return call.services.changes.run(async ({ queries, now, audit }) => {
        const before = await webhookById(queries, person.organizationId, call.params['id'] ?? '');
        const set: Partial<WebhookTable> = { updatedAt: now };
        if (name !== undefined) set.name = name;
        if (url !== undefined) set.url = url;
        if (events !== undefined) set.events = JSON.stringify(events);
        if (isActive !== undefined) {
          const position = isActive && before.isActive === 0 ? await headOfStream(queries) : before.position;
          Object.assign(set, { isActive: isActive ? 1 : 0, failureCount: 0, position });
        }
        await queries.updateTable('webhooks').set(set).where('id', '=', before.id).execute();
        audit(actorOf(person, call.origin), {
          organizationId: person.organizationId,
          action: 'update',
          resourceType: 'webhook',
          resourceId: before.id,
          metadata: { name: set.name ?? before.name, url: set.url ?? before.url },
        });
        return view({ ...before, ...set });
      });
    },
  }),
  route('DELETE /api/v1/webhooks/:id', {
    summary: 'Deletes a webhook',
    access: { user: 'member' },
    run: async (call) => {
      const person = personOf(call);
      return call.services.changes.run(async ({ queries, audit }) => {
        const row = await webhookById(queries, person.organizationId, call.params['id'] ?? '');
        await queries.deleteFrom('deliveries').where('webhookId', '=', row.id).execute();
        await queries.deleteFrom('webhooks').where('id', '=', row.id).execute();
        audit(actorOf(person, call.origin), {
          organizationId: person.organizationId,
          action: 'delete',
          resourceType: 'webhook',
          resourceId: row.id,
          metadata: { name: row.name, url: row.url },
        });
        return { success: true, message: 'Webhook deleted' };
      });
    },
  }),
  route('POST /api/v1/webhooks/:id/test', {
    summary: 'Calls a webhook now, and says what it answered',
    access: { user: 'member' },
    run: async ({ services, principal, params, now }) => {
      const row = await webhookById(services.queries, principal.organizationId, params['id'] ?? '');
      const body = JSON.stringify({ id: randomUUID(), type: 'test', at: timeView(now), subject: {} });
      const outcome = await callWebhook(row, body, { allowInside: services.allowInside, deliveryId: 'test' }).then(
        (status) => ({ success: status >= 200 && status < 300, status, message: `It answered ${status}` }),
        (error: Error) => ({ success: false, status: 0, message: `It could not be called: ${error.message}` }),
      );
      return { ...outcome, responseCode: outcome.status, webhook: view(row) };
    },
  }),
];

async function mustBeCallable({ services }: Call<unknown, unknown>, url: string): Promise<void> {
  await callableAddress(new URL(url), services.allowInside).catch((error: Error) => {
    throw invalid(`url: ${error.message}`, 'url');
  });
}

async function webhookById(
  queries: Call<unknown, unknown>['services']['queries'] | Change['queries'],
  organizationId: string,
  id: string,
): Promise<WebhookTable> {
  const row = await queries
    .selectFrom('webhooks')
    .selectAll()
    .where('id', '=', id)
    .where('organizationId', '=', organizationId)
    .executeTakeFirst();
  if (row === undefined) throw notFound();
  return row;
}

const view = ({ secret: _, position: __, events, isActive, lastDeliveryAt, createdAt, updatedAt, ...row }: WebhookTable) => ({
  ...row,
  events: JSON.parse(events) as string[],
  isActive: isActive === 1,
  lastDeliveryAt: timeView(lastDeliveryAt),
  createdAt: timeView(createdAt),
  updatedAt: timeView(updatedAt),
});
