// Has this signed request been made before, here, at another instance, or before a restart?

import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Schema } from '../database/schema.ts';

export type Replays = { isReplay(signature: string, now: number): Promise<boolean> };

const SCOPE = 'agent-request';
// Signatures have whole seconds and no nonce, so the same call made twice in a second is signed alike: only what comes back later is a replay.
const SAME_CALL_MS = 3000;
/** Longer than a signature is good for: thirty seconds either way, and one of grace. */
const KEPT_MS = 62_000;

export function createReplays(queries: Kysely<Schema>): Replays {
  // What the database knows too; in front of it, so that what a rolled-back change took along is still known here.
  const seen = new Map<string, number>();
  return {
    async isReplay(signature, now) {
      for (const [key, at] of seen) {
        if (now - at <= KEPT_MS) break;
        seen.delete(key);
      }
      const nonce = createHash('sha256').update(signature).digest('base64');
      const first = seen.get(nonce);
      if (first !== undefined) return now - first > SAME_CALL_MS;
      seen.set(nonce, now);
      const added = await queries
        .insertInto('nonces')
        .values({ scope: SCOPE, nonce, expiresAt: now + KEPT_MS })
        .onConflict((row) => row.columns(['scope', 'nonce']).doNothing())
        .executeTakeFirst();
      if (Number(added.numInsertedOrUpdatedRows ?? 0) > 0) return false;
      const before = await queries
        .selectFrom('nonces')
        .select('expiresAt')
        .where('scope', '=', SCOPE)
        .where('nonce', '=', nonce)
        .executeTakeFirst();
      return before !== undefined && now - (before.expiresAt - KEPT_MS) > SAME_CALL_MS;
    },
  };
}
