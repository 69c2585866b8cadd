// The tables of the first version.

import { type Kysely, sql } from 'kysely';
import type { Engine } from '../open.ts';
import { indexes, uniques } from './2026-11-first-tables/indexes.ts';
import { peopleAndAgents } from './2026-11-first-tables/people-and-agents.ts';
import { records } from './2026-11-first-tables/records.ts';

export async function firstTables(db: Kysely<never>, engine: Engine): Promise<void> {
  for (const [name, columns] of Object.entries({ ...peopleAndAgents, ...records(engine) }))
    await sql.raw(createTable(name, columns)).execute(db);
  for (const [index, on] of Object.entries(indexes)) await sql.raw(`create index "${index}" on ${on}`).execute(db);
  for (const [index, on] of Object.entries(uniques)) await sql.raw(`create unique index "${index}" on ${on}`).execute(db);
}

const createTable = (name: string, columns: string): string =>
  `create table "${name}" (${columns
    .trim()
    .split('\n')
    .map((line) => line.trim().replace(/^([a-z]\w*) /i, (all, column: string) => (column === 'primary' ? all : `"${column}" `)))
    .join(', ')})`;
