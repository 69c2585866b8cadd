// The person at this machine signs in by holding the key of the data folder; the key itself never travels.

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { isOperatorProof, operatorProof } from '../../crypto/operator-proof.ts';
import { notFound, Refusal, unauthenticated } from '../refusal.ts';
import type { Services } from '../services.ts';

export type LocalOperators = {
  /** The server's half: proves that it holds the key, before anybody proves anything to it. */
  challenge(clientNonce: string, now: number): { serverNonce: string; proof: string };
  /** @throws Refusal 401 for a wrong, old or used proof, 429 after too many of them. */
  check(given: { clientNonce: string; serverNonce: string; proof: string }, now: number): Promise<void>;
};

const ANSWER_WITHIN = 30_000;
// A right proof always passes: whoever guesses must not keep the owner out.
const WRONG_PER_MINUTE = 10;

export function createLocalOperators(
  key: string,
  { limits, ownUrl }: Pick<Services, 'limits'> & { ownUrl: () => string },
): LocalOperators {
  // What was asked is not remembered, only what was answered rightly: asking often fills nothing.
  const nonceKey = randomBytes(32);
  const used = new Map<string, number>();
  const seal = (text: string): string => createHmac('sha256', nonceKey).update(text).digest('base64url');

  function isFresh(serverNonce: string, clientNonce: string, now: number): boolean {
    const [at = '', salt = '', mac = ''] = serverNonce.split('.');
    const expected = Buffer.from(seal(`${at}.${salt}.${clientNonce}`));
    const given = Buffer.from(mac);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return false;
    return Math.abs(now - Number(at)) <= ANSWER_WITHIN && !used.has(serverNonce);
  }

  return {
    challenge(clientNonce, now) {
      const start = `${now}.${randomBytes(16).toString('base64url')}`;
      const serverNonce = `${start}.${seal(`${start}.${clientNonce}`)}`;
      return { serverNonce, proof: operatorProof(key, 'server', { url: ownUrl(), clientNonce, serverNonce }) };
    },
    async check({ clientNonce, serverNonce, proof }, now) {
      const isRight =
        isFresh(serverNonce, clientNonce, now) &&
        isOperatorProof(proof, key, 'operator', { url: ownUrl(), clientNonce, serverNonce });
      if (!isRight) {
        await limits.use('operator-key', 'wrong', WRONG_PER_MINUTE, now);
        throw unauthenticated('operatorKeyInvalid', 'This is no proof of the operator key');
      }
      for (const [nonce, at] of used) {
        if (now - at <= 2 * ANSWER_WITHIN) break;
        used.delete(nonce);
      }
      used.set(serverNonce, now);
    },
  };
}

/** @throws Refusal 404 on a control plane that is not embedded. */
export function localOperatorsOf({ localOperators }: Services): LocalOperators {
  if (localOperators === null) throw new Refusal(404, 'notEmbedded', 'This control plane has no local operator');
  return localOperators;
}

/** The account that the person at this machine signs in to. @throws Refusal 404. */
export async function operatorAccount({ queries }: Services) {
  const user = await queries
    .selectFrom('users')
    .selectAll()
    .where('role', '=', 'admin')
    .where('status', '=', 'active')
    .orderBy('createdAt')
    .limit(1)
    .executeTakeFirst();
  if (user === undefined) throw notFound('no administrator');
  return user;
}
