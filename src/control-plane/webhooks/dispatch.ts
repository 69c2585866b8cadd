// Makes deliveries of events: one for each event and each webhook that wants it, once, over all instances.

import { randomUUID } from 'node:crypto';
import type { WebhookTable } from '../database/tables/records.ts';
import type { Services } from '../services.ts';
import type { StoredEvent } from '../stream/hub.ts';
import { eventsAfter } from '../stream/log.ts';

const PAGE = 500;
/** A receiver that is away for long gets no more than this many later. */
const MOST_OWED = 10_000;

export async function dispatchEvents(services: Services): Promise<void> {
  const hooks = await services.queries.selectFrom('webhooks').selectAll().where('isActive', '=', 1).execute();
  for (const hook of hooks) await dispatchTo(services, hook);
}

async function dispatchTo({ queries, changes }: Services, hook: WebhookTable): Promise<void> {
  let { position } = hook;
  for (;;) {
    const events = await eventsAfter(queries, position, PAGE, hook.organizationId);
    const last = events.at(-1)?.position;
    if (last === undefined) return;
    const before = position;
    const mine = await changes.record(async (change) => {
      // Whoever moves the position owes the deliveries up to it; another instance that looked at the same moves nothing.
      const { numUpdatedRows } = await change.queries
        .updateTable('webhooks')
        .set({ position: last })
        .where('id', '=', hook.id)
        .where('position', '=', before)
        .executeTakeFirst();
      if (numUpdatedRows !== 1n) return false;
      const wanted = events.filter((event) => wants(hook, event)).slice(-MOST_OWED);
      const { owed } = await change.queries
        .selectFrom('deliveries')
        .select((eb) => eb.fn.countAll<number>().as('owed'))
        .where('webhookId', '=', hook.id)
        .executeTakeFirstOrThrow();
      if (wanted.length === 0 || Number(owed) >= MOST_OWED) return true;
      await change.queries
        .insertInto('deliveries')
        .values(wanted.map((event) => deliveryOf(hook, event, change.now)))
        .execute();
      return true;
    });
    if (!mine) return;
    position = last;
  }
}

function deliveryOf(hook: WebhookTable, event: StoredEvent, now: number) {
  const id = randomUUID();
  const body = JSON.stringify({
    id,
    type: `${event.type}.${event.change}`,
    at: new Date(event.at).toISOString(),
    subject: JSON.parse(event.subject) as unknown,
  });
  const { organizationId } = hook;
  return { id, organizationId, webhookId: hook.id, position: event.position, body, attempts: 0, dueAt: now, createdAt: now };
}

/** An empty list takes everything; `verification` takes all changes of verifications, `approval.created` one. */
function wants({ events }: WebhookTable, { type, change }: StoredEvent): boolean {
  if (type === 'audit') return false;
  const wanted = JSON.parse(events) as string[];
  return wanted.length === 0 || wanted.includes(type) || wanted.includes(`${type}.${change}`);
}
