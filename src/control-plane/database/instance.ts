// The few words that belong to a database as a whole: its id, its secrets, the name of its stream.

import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';

/** The value, made at the first asking; two instances that ask at once get the same. */
export async function instanceValue(queries: Kysely<Schema>, key: string, make: () => string): Promise<string> {
  await queries
    .insertInto('instance')
    .values({ key, value: make() })
    .onConflict((row) => row.column('key').doNothing())
    .execute();
  const { value } = await queries.selectFrom('instance').select('value').where('key', '=', key).executeTakeFirstOrThrow();
  return value;
}
