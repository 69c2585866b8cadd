// Calls the webhooks for what they are owed: again after failures, also after a restart, each delivery by one instance at a time.

import { SYSTEM } from '../audit/draft.ts';
import type { DeliveryTable } from '../database/tables/operation.ts';
import type { Services } from '../services.ts';
import { callWebhook } from './call.ts';
import { dispatchEvents } from './dispatch.ts';

export type Deliveries = { stop(): void };

/** The pauses after the first, second … failure. */
const PAUSES = [2_000, 15_000, 60_000, 5 * 60_000];
/** Nobody answers for so long: the webhook is switched off. */
const FAILURES_UNTIL_OFF = 20;
const AT_ONCE = 32;
// Longer than any call takes. Who claimed and died leaves it to the others after this.
const CLAIM = 60_000;
const GATHER = 25;
const LOOK_EVERY = 1000;

export function startDeliveries(services: Services): Deliveries {
  const { hub, stopping } = services;
  let isWorking = false;
  let again = false;

  function wake(): void {
    again = true;
    if (isWorking || stopping.aborted) return;
    isWorking = true;
    // A database that is gone, as while stopping, must not take the server with it: what is owed is kept.
    void work()
      .catch(() => undefined)
      .finally(() => {
        isWorking = false;
      });
  }
  async function work(): Promise<void> {
    while (again && !stopping.aborted) {
      again = false;
      await dispatchEvents(services);
      for (;;) {
        const claimed = await claim(services);
        await Promise.all(claimed.map((delivery) => deliver(services, delivery)));
        if (claimed.length < AT_ONCE || stopping.aborted) break;
      }
    }
  }

  let gathering: NodeJS.Timeout | null = null;
  const stopListening = hub.listen(({ type }) => {
    if (type === 'audit' || gathering !== null) return;
    gathering = setTimeout(() => {
      gathering = null;
      wake();
    }, GATHER);
    gathering.unref();
  });
  const clock = setInterval(wake, LOOK_EVERY);
  clock.unref();
  return {
    stop() {
      stopListening();
      clearInterval(clock);
      if (gathering !== null) clearTimeout(gathering);
    },
  };
}

async function claim({ queries, changes, clock }: Services): Promise<DeliveryTable[]> {
  const due = await queries
    .selectFrom('deliveries')
    .select('id')
    .where('dueAt', '<=', clock())
    .orderBy('dueAt')
    .limit(AT_ONCE)
    .execute();
  if (due.length === 0) return [];
  return changes.record((change) =>
    change.queries
      .updateTable('deliveries')
      .set((eb) => ({ dueAt: change.now + CLAIM, attempts: eb('attempts', '+', 1) }))
      .where('id', 'in', due.map(({ id }) => id)) // biome-ignore format: one condition a line
      .where('dueAt', '<=', change.now)
      .returningAll()
      .execute(),
  );
}

async function deliver(services: Services, delivery: DeliveryTable): Promise<void> {
  const { queries, changes, allowInside } = services;
  const hook = await queries.selectFrom('webhooks').selectAll().where('id', '=', delivery.webhookId).executeTakeFirst();
  const isWanted = hook !== undefined && hook.isActive === 1;
  const status = isWanted ? await callWebhook(hook, delivery.body, { allowInside, deliveryId: delivery.id }).catch(() => 0) : 0;
  const isTaken = status >= 200 && status < 300;
  const pause = PAUSES[delivery.attempts - 1];
  await changes.record(async (change) => {
    if (!isWanted || isTaken || pause === undefined)
      await change.queries.deleteFrom('deliveries').where('id', '=', delivery.id).execute();
    else
      await change.queries
        .updateTable('deliveries')
        .set({ dueAt: change.now + pause })
        .where('id', '=', delivery.id)
        .execute();
    if (!isWanted) return;
    const after = await change.queries
      .updateTable('webhooks')
      .set((eb) => ({
        lastDeliveryAt: change.now,
        lastStatus: status,
        failureCount: isTaken ? 0 : eb('failureCount', '+', 1),
      }))
      .where('id', '=', hook.id)
      .returningAll()
      .executeTakeFirst();
    if (after === undefined || after.failureCount < FAILURES_UNTIL_OFF || after.isActive === 0) return;
    await change.queries
      .updateTable('webhooks')
      .set({ isActive: 0, updatedAt: change.now })
      .where('id', '=', hook.id)
      .execute();
    await change.queries.deleteFrom('deliveries').where('webhookId', '=', hook.id).execute();
    change.audit(SYSTEM, {
      organizationId: hook.organizationId,
      action: 'deactivate',
      resourceType: 'webhook',
      resourceId: hook.id,
      metadata: { name: hook.name, because: `${FAILURES_UNTIL_OFF} calls in a row were not taken`, lastStatus: status },
    });
  });
}
