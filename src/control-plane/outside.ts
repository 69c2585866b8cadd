// Asks an address that somebody named: from outside only, without redirects, bounded in time and size, at the address that was checked.

import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { callableAddress } from './webhooks/address.ts';

export type OutsideOptions = {
  /** May the address lie inside this network? Only on a control plane for one machine. */
  allowInside: boolean;
  /** In bytes. */
  largest: number;
  /** Sent as JSON by POST; without it the request is a GET. */
  body?: unknown;
};

const TIMEOUT = 10_000;

/** The text of an answer of 200. @throws Error in words where there is none. */
export async function askOutside(url: URL, { allowInside, largest, body }: OutsideOptions): Promise<string> {
  if (!/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    throw new Error('it must be http or https, without a name and password');
  const { address, family } = await callableAddress(url, allowInside);
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const text = body === undefined ? null : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const call = send(
      url,
      {
        method: text === null ? 'GET' : 'POST',
        // Over all, not between bytes: an answer that drips must not hold the caller.
        signal: AbortSignal.timeout(TIMEOUT),
        agent: false,
        headers: {
          Accept: 'application/json',
          'User-Agent': 'aim-terminal',
          ...(text === null ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) }),
        },
        lookup: (_host, options, done) => (options.all ? done(null, [{ address, family }]) : done(null, address, family)),
      },
      (response) => {
        const chunks: Buffer[] = [];
        let length = 0;
        if (response.statusCode !== 200) {
          reject(new Error(`it answered ${response.statusCode}`));
          response.destroy();
          return;
        }
        response.on('data', (chunk: Buffer) => {
          length += chunk.length;
          chunks.push(chunk);
          if (length > largest) response.destroy(new Error(`it is larger than ${Math.round(largest / 1024)} KiB`));
        });
        response.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
        response.on('error', reject);
      },
    );
    call.on('error', reject);
    call.end(text ?? undefined);
  });
}
