// One call of a webhook: signed, to the address that was checked, without following where it points to.

import { createHmac } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { WebhookTable } from '../database/tables/records.ts';
import { callableAddress } from './address.ts';

const TIMEOUT = 10_000;

/** The status of the answer. `X-AIM-Signature` is HMAC-SHA-256 over timestamp, a dot, and the body. @throws Error */
export async function callWebhook(
  hook: Pick<WebhookTable, 'url' | 'secret'>,
  body: string,
  { allowInside, deliveryId }: { allowInside: boolean; deliveryId: string },
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
        // Over all, not between bytes: a receiver that drips must not hold the delivery.
        signal: AbortSignal.timeout(TIMEOUT),
        agent: false,
        headers: {
          'Content-Type': 'application/json',
          'Content-Length': Buffer.byteLength(body),
          'User-Agent': 'aim-terminal',
          'X-AIM-Delivery': deliveryId,
          'X-AIM-Timestamp': timestamp,
          'X-AIM-Signature': `sha256=${signature}`,
        },
        lookup: (_host, options, done) => (options.all ? done(null, [{ address, family }]) : done(null, address, family)),
      },
      (response) => {
        resolve(response.statusCode ?? 0);
        // Nothing of the answer is read.
        response.destroy();
      },
    );
    call.on('error', reject);
    call.end(body);
  });
}
