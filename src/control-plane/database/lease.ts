// Work that one instance does for all: whoever holds the lease, for as long as it says that it is still there.

import type { Queries } from './open.ts';

/** Takes or keeps the lease. False while another instance holds it. */
export async function holdsLease(
  queries: Queries,
  name: string,
  holder: string,
  { now, lasting }: { now: number; lasting: number },
): Promise<boolean> {
  const mine = { holder, until: now + lasting };
  const taken = await queries
    .insertInto('leases')
    .values({ name, ...mine })
    .onConflict((row) =>
      row
        .column('name')
        .doUpdateSet(mine)
        .where((eb) => eb.or([eb('leases.holder', '=', holder), eb('leases.until', '<', now)])),
    )
    .returning('holder')
    .executeTakeFirst();
  return taken?.holder === holder;
}
