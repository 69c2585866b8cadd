// Numbers are kept, not counted, and every list has its index.

import { type Kysely, sql } from 'kysely';
import type { Engine } from '../open.ts';
import { droppedIndexes, newIndexes } from './2026-11-v-speed/indexes.ts';
import { tallyStatements, tallyTable } from './2026-11-v-speed/tallies.ts';

export async function speed(db: Kysely<never>, engine: Engine): Promise<void> {
  for (const index of droppedIndexes) await sql.raw(`drop index "${index}"`).execute(db);
  for (const [index, on] of Object.entries(newIndexes)) await sql.raw(`create index "${index}" on ${on}`).execute(db);
  for (const statement of [tallyTable, ...tallyStatements(engine), ...wholeCounters]) await sql.raw(statement).execute(db);
}

// Beside the counters of each agent in each hour: of all agents together (no agent), and of all time (hour 0).
const wholeCounters = [
  `insert into "counters" select "organizationId", "hour", '', "status", sum("count"), sum("durationMs"), sum("trustSum")
    from "counters" group by "organizationId", "hour", "status"`,
  `insert into "counters" select "organizationId", 0, "agentId", "status", sum("count"), sum("durationMs"), sum("trustSum")
    from "counters" group by "organizationId", "agentId", "status"`,
];
