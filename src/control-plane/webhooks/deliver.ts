// Calls the webhooks of an organisation for what happens there: signed, without redirects, again after failures.

import { createHmac, randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { WebhookTable } from '../database/tables/records.ts';
import type { Services } from '../services.ts';
import type { StoredEvent } from '../stream/hub.ts';
import { callableAddress } from './address.ts';

export type Deliveries = { stop(): void };

const TRIES = [0, 2_000, 15_000, 60_000];
const TIMEOUT = 10_000;
const KEPT = 1000;
/** Nobody answers for so long: the webhook is switched off. */
const FAILURES_UNTIL_OFF = 20;

export function startDeliveries(services: Services, { allowInside }: { allowInside: boolean }): Deliveries {
  const { hub, queries, stopping } = services;
  let waiting = 0;
  const stopListening = hub.listen((event) => {
    if (event.type === 'audit' || waiting >= KEPT) return;
    waiting += 1;
    // A database that is gone, as while stopping, must not take the server with it: the event is kept, and the next one is tried.
    void deliverAll(event)
      .catch(() => undefined)
      .finally(() => {
        waiting -= 1;
      });
  });

  async function deliverAll(event: StoredEvent): Promise<void> {
    const hooks = await queries
      .selectFrom('webhooks')
      .selectAll()
      .where('organizationId', '=', event.organizationId)
      .where('isActive', '=', 1)
      .execute();
    await Promise.all(hooks.filter((hook) => wants(hook, event)).map((hook) => deliver(hook, event)));
  }

  async function deliver(hook: WebhookTable, event: StoredEvent): Promise<void> {
    const body = JSON.stringify({
      id: randomUUID(),
      type: `${event.type}.${event.change}`,
      at: new Date(event.at).toISOString(),
      subject: JSON.parse(event.subject) as unknown,
    });
    for (const wait of TRIES) {
      if (wait > 0) await pause(wait, stopping);
      if (stopping.aborted) return;
      const status = await callWebhook(hook, body, allowInside).catch(() => 0);
      const ok = status >= 200 && status < 300;
      await queries
        .updateTable('webhooks')
        .set((eb) => ({
          lastDeliveryAt: services.clock(),
          lastStatus: status,
          failureCount: ok ? 0 : eb('failureCount', '+', 1),
        }))
        .where('id', '=', hook.id)
        .execute();
      if (ok) return;
    }
    await queries
      .updateTable('webhooks')
      .set({ isActive: 0 })
      .where('id', '=', hook.id)
      .where('failureCount', '>=', FAILURES_UNTIL_OFF)
      .execute();
  }

  return { stop: stopListening };
}

/** An empty list takes everything; `verification` takes all changes of verifications, `approval.created` one. */
function wants({ events }: WebhookTable, { type, change }: StoredEvent): boolean {
  const wanted = JSON.parse(events) as string[];
  return wanted.length === 0 || wanted.includes(type) || wanted.includes(`${type}.${change}`);
}

/** The status of the answer. `X-AIM-Signature` is HMAC-SHA-256 over timestamp, a dot, and the body. @throws Error */
export async function callWebhook(
  hook: Pick<WebhookTable, 'url' | 'secret'>,
  body: string,
  allowInside: boolean,
): Promise<number> {
  const url = new URL(hook.url);
  const { address, family } = await callableAddress(url, allowInside);
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = createHmac('sha256', hook.secret).update(`${timestamp}.${body}`).digest('hex');
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const call = send(
      url,
      {
        method: 'POST',
        timeout: TIMEOUT,
        headers: {
          'Content-Type': 'application/json',
          'Content-Length': Buffer.byteLength(body),
          'User-Agent': 'aim-terminal',
          'X-AIM-Timestamp': timestamp,
          'X-AIM-Signature': `sha256=${signature}`,
        },
        lookup: (_host, options, done) => (options.all ? done(null, [{ address, family }]) : done(null, address, family)),
      },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    );
    call.on('timeout', () => call.destroy(new Error('timeout')));
    call.on('error', reject);
    call.end(body);
  });
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    timer.unref();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
