// Walks the chain of an organisation from its first entry to its head, and says where it is broken.

import type { Queries } from '../database/open.ts';
import { timeView } from '../views/time.ts';
import { checkEntries, GENESIS } from './chain.ts';

/** Of a chain that holds also what stands at `sequence`, for whoever noted its hash: all of it may have been written anew. */
export async function verifyChain(queries: Queries, organizationId: string, sequence?: number) {
  // The head first: what is written while we walk lies beyond it, and is the next walk's.
  const kept = (await queries
    .selectFrom('auditHeads')
    .select(['sequence', 'hash'])
    .select((eb) =>
      eb
        .selectFrom('auditEntries')
        .select((each) => each.fn.max('sequence').as('last'))
        .where('organizationId', '=', organizationId)
        .as('last'),
    )
    .where('organizationId', '=', organizationId)
    .executeTakeFirst()) ?? { sequence: 0, hash: GENESIS, last: 0 };
  // Head and entries are written together and were read together: what lies beyond the head was there when somebody put it back.
  if (kept.sequence > 0 && Number(kept.last) > kept.sequence)
    return { valid: false as const, fault: 'changed' as const, sequence: kept.sequence + 1, checked: 0 };
  const last = kept.sequence === 0 ? Number.MAX_SAFE_INTEGER : kept.sequence;
  let head = { sequence: 0, hash: GENESIS };
  for (;;) {
    const entries = await queries
      .selectFrom('auditEntries')
      .selectAll()
      .where('organizationId', '=', organizationId)
      .where('sequence', '>', head.sequence)
      .where('sequence', '<=', last)
      .orderBy('sequence')
      .limit(BATCH)
      .execute();
    if (entries.length === 0) break;
    const outcome = checkEntries(head, entries);
    if ('fault' in outcome) return { valid: false as const, ...outcome, checked: outcome.sequence - 1 };
    head = outcome;
  }
  // Entries cut off at the end leave a whole chain behind; only its head tells.
  if (kept.sequence !== head.sequence || kept.hash !== head.hash)
    return { valid: false as const, fault: 'missing' as const, sequence: head.sequence + 1, checked: head.sequence };
  const outcome = { valid: true as const, checked: head.sequence, head: head.hash, at: timeView(Date.now()) };
  return sequence === undefined ? outcome : { ...outcome, entry: await entryAt(queries, organizationId, sequence) };
}

async function entryAt(queries: Queries, organizationId: string, sequence: number) {
  const entry = await queries
    .selectFrom('auditEntries')
    .select(['sequence', 'hash'])
    .where('organizationId', '=', organizationId)
    .where('sequence', '=', sequence)
    .executeTakeFirst();
  return entry ?? null;
}

const BATCH = 1000;
