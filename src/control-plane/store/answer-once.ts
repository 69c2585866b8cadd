// Every route that writes, once for each Idempotency-Key: the key is kept in the same transaction as the first thing that is written.

import { createHash } from 'node:crypto';
import { isSecretName } from '../../text/redact.ts';
import type { Change, Changes } from '../database/change.ts';
import type { Queries } from '../database/open.ts';
import { Refusal } from '../refusal.ts';
import { Answer, type Call } from '../route.ts';

type Kept = { route: string; bodyHash: string; status: number; body: string };

// Begun, and what it came to is not written yet.
const BEGUN = 0;
const WAIT = 50;
const TRIES = 40;

/** @throws Refusal 422 where the key came with something else, 409 where what became of the first is not known. */
export async function answerOnce(
  call: Call<unknown, unknown>,
  run: (call: Call<unknown, unknown>) => unknown,
): Promise<unknown> {
  const key = call.headers['idempotency-key'];
  if (key === undefined || key === '') return run(call);
  if (key.length > 200) throw new Refusal(400, 'invalidRequest', 'Idempotency-Key: has at most 200 characters');
  const { services, principal } = call;
  const mine = {
    organizationId: principal.organizationId,
    userId: principal.kind === 'user' ? principal.id : `${principal.kind}:${principal.id}`,
    key,
  };
  const bodyHash = createHash('sha256').update(call.text).digest('base64url');
  const asked = { route: call.target, bodyHash };
  const before = await find(services.queries, mine);
  if (before !== undefined) return again(services.queries, mine, asked, before);
  let isKept = false;

  const keeping = (change: Changes['run']): Changes['run'] => {
    return async (work) =>
      change(async (within: Change) => {
        if (isKept) return work(within);
        const other = await find(within.queries, mine);
        if (other !== undefined) throw new MadeBefore(other);
        const result = await work(within);
        await within.queries
          .insertInto('idempotency')
          .values({ ...mine, ...asked, status: BEGUN, body: 'null', at: within.now })
          // Routes that keep their own answer have done so.
          .onConflict((row) => row.columns(['organizationId', 'userId', 'key']).doNothing())
          .execute();
        isKept = true;
        return result;
      });
  };
  const { changes } = services;
  try {
    const answer = await run({
      ...call,
      services: { ...services, changes: { run: keeping(changes.run), record: keeping(changes.record) } },
    });
    if (isKept) await keepAnswer(changes, mine, answer);
    return answer;
  } catch (error) {
    if (error instanceof MadeBefore) return again(services.queries, mine, asked, error.kept);
    throw error;
  }
}

class MadeBefore extends Error {
  readonly kept: Kept;
  constructor(kept: Kept) {
    super('made before');
    this.kept = kept;
  }
}

type Mine = { organizationId: string; userId: string; key: string };

const find = (queries: Queries, { organizationId, userId, key }: Mine): Promise<Kept | undefined> =>
  queries
    .selectFrom('idempotency')
    .select(['route', 'bodyHash', 'status', 'body'])
    .where('organizationId', '=', organizationId)
    .where('userId', '=', userId)
    .where('key', '=', key)
    .executeTakeFirst();

async function again(queries: Queries, mine: Mine, asked: Pick<Kept, 'route' | 'bodyHash'>, first: Kept): Promise<Answer> {
  if (first.route !== asked.route || first.bodyHash !== asked.bodyHash)
    throw new Refusal(422, 'idempotencyKeyReused', 'This Idempotency-Key was used for another request');
  let kept: Kept | undefined = first;
  for (let attempt = 0; kept?.status === BEGUN && attempt < TRIES; attempt += 1) {
    await new Promise((resolve) => setTimeout(resolve, WAIT));
    kept = await find(queries, mine);
  }
  if (kept === undefined || kept.status === BEGUN)
    throw new Refusal(
      409,
      'idempotencyUnknown',
      'This request was made before; look what became of it, and take another Idempotency-Key',
    );
  return new Answer(kept.status, JSON.parse(kept.body), { 'Idempotency-Replayed': 'true' });
}

async function keepAnswer(changes: Changes, { organizationId, userId, key }: Mine, answer: unknown): Promise<void> {
  const [status, body] = answer instanceof Answer ? [answer.status, answer.body] : [200, answer];
  // What is shown once is not kept: whoever asks again is told the rest.
  const text = JSON.stringify(body, (name, value: unknown) => (typeof value === 'string' && isSecretName(name) ? null : value));
  await changes.record(({ queries }) =>
    queries
      .updateTable('idempotency')
      .set({ status, body: text ?? 'null' })
      .where('organizationId', '=', organizationId)
      .where('userId', '=', userId)
      .where('key', '=', key)
      .where('status', '=', BEGUN)
      .execute(),
  );
}
