// A change that is sent twice with one Idempotency-Key happens once; the second gets the first one's answer.

import { createHash } from 'node:crypto';
import type { Change } from '../database/change.ts';
import { Refusal } from '../refusal.ts';
import type { Answer, Call } from '../route.ts';
import { Answer as RouteAnswer } from '../route.ts';

/** Runs `work` in the change, or gives back what it answered before. @throws Refusal 422 where the key came with something else. */
export async function once(
  { headers, principal, target, text }: Call<unknown, unknown>,
  change: Change,
  work: () => Promise<unknown>,
): Promise<unknown> {
  const key = headers['idempotency-key'];
  if (key === undefined || key === '') return work();
  if (key.length > 200) throw new Refusal(400, 'invalidRequest', 'Idempotency-Key: has at most 200 characters');
  const { queries, now } = change;
  const userId = principal.kind === 'user' ? principal.id : `${principal.kind}:${principal.id}`;
  const bodyHash = createHash('sha256').update(text).digest('base64url');
  const before = await queries
    .selectFrom('idempotency')
    .selectAll()
    .where('organizationId', '=', principal.organizationId)
    .where('userId', '=', userId)
    .where('key', '=', key)
    .executeTakeFirst();
  if (before !== undefined) {
    if (before.route !== target || before.bodyHash !== bodyHash) {
      throw new Refusal(422, 'idempotencyKeyReused', 'This Idempotency-Key was used for another request');
    }
    return new RouteAnswer(before.status, JSON.parse(before.body), { 'Idempotency-Replayed': 'true' });
  }
  const answer = await work();
  const [status, body] = isAnswer(answer) ? [answer.status, answer.body] : [200, answer];
  await queries
    .insertInto('idempotency')
    .values({
      organizationId: principal.organizationId,
      userId,
      key,
      route: target,
      bodyHash,
      status,
      body: JSON.stringify(body),
      at: now,
    })
    .execute();
  return answer;
}

const isAnswer = (value: unknown): value is Answer => value instanceof RouteAnswer;
