// Verifications that rules alone decide, recorded many in one transaction: each with its audit entry, its link in the chain and its event.
// This is the one place of batching: whoever comes while others are on their way, or while one batch commits, goes into the next.

import type { Change } from '../database/change.ts';
import type { VerificationTable } from '../database/tables/verifications.ts';
import type { Services } from '../services.ts';
import { countAll } from '../store/counters.ts';
import { tellVerification } from './tell.ts';

/** `stale`: what the decision rests on has changed meanwhile; it has to be made again. `repeated`: these signed bytes came before. */
export type Recorded = { outcome: 'recorded' | 'repeated'; row: VerificationTable } | { outcome: 'stale' };

export type Intake = {
  /** One is being checked and may come. Call the answer when it came, or will not. */
  expect(): () => void;
  /** Resolves when it is committed. */
  submit(row: VerificationTable, revision: number): Promise<Recorded>;
};

type Waiting = {
  row: VerificationTable;
  revision: number;
  resolve: (recorded: Recorded) => void;
  reject: (error: unknown) => void;
};

const MOST_AT_ONCE = 256;
// What the first of a batch waits for others that are being checked: less than a commit costs, and nothing where it is alone.
const LONGEST_WAIT = 3;
// When an agent was last active is for people to read.
const TOUCH_EVERY = 1000;

export function createIntake(changes: Services['changes']): Intake {
  const touched = new Map<string, number>();
  const waiting: Waiting[] = [];
  let onTheirWay = 0;
  let isCommitting = false;
  let timer: NodeJS.Timeout | null = null;

  function consider(): void {
    // Whoever comes while a batch commits is in the next, however many they are.
    if (waiting.length === 0 || isCommitting) return;
    if (onTheirWay === 0 || waiting.length >= MOST_AT_ONCE) void commit();
    else timer ??= setTimeout(() => void commit(), LONGEST_WAIT);
  }

  async function commit(): Promise<void> {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (isCommitting) return;
    isCommitting = true;
    let batch: Waiting[] = [];
    try {
      const recorded = await changes.record((change) => {
        batch = waiting.splice(0, MOST_AT_ONCE);
        return writeAll(change, batch, touched);
      });
      for (const [index, each] of batch.entries()) each.resolve(recorded[index] ?? { outcome: 'stale' });
    } catch (error) {
      // It failed before it began: then those who wait are its own.
      for (const each of batch.length > 0 ? batch : waiting.splice(0)) each.reject(error);
    } finally {
      isCommitting = false;
      consider();
    }
  }

  return {
    expect() {
      onTheirWay += 1;
      return () => {
        onTheirWay -= 1;
        consider();
      };
    },
    submit: (row, revision) =>
      new Promise((resolve, reject) => {
        waiting.push({ row, revision, resolve, reject });
        consider();
      }),
  };
}

async function writeAll(change: Change, batch: readonly Waiting[], touched: Map<string, number>): Promise<Recorded[]> {
  const { statements } = change;
  const [revisions, insertNew] = await Promise.all([
    revisionsOf(change, batch),
    statements.newOf(
      'verifications',
      batch.map(({ row }) => row),
      ['signedAt', 'actionHash'],
    ),
  ]);
  const current = batch.filter(({ row, revision }) => revisions.get(row.organizationId) === revision).map(({ row }) => row);
  const inserted = insertNew(current);
  const recorded = current.filter(({ id }) => inserted.has(id));
  countAll(change, recorded);
  touchAgents(change, recorded, touched);
  for (const row of recorded) tellVerification(change, row);
  const answers: Recorded[] = [];
  for (const { row, revision } of batch) {
    if (revisions.get(row.organizationId) !== revision) answers.push({ outcome: 'stale' });
    else if (inserted.has(row.id)) answers.push({ outcome: 'recorded', row });
    else answers.push({ outcome: 'repeated', row: await original(change, row) });
  }
  return answers;
}

async function revisionsOf({ statements, about }: Change, batch: readonly Waiting[]): Promise<Map<string, number>> {
  const revisions = new Map<string, number>();
  const asked = [...new Set(batch.map(({ row }) => row.organizationId))].map(async (id) => {
    about(id);
    const [found] = await statements.run<{ revision: number }>('select "revision" from "organizations" where "id" = $1', [id]);
    if (found !== undefined) revisions.set(id, found.revision);
  });
  await Promise.all(asked);
  return revisions;
}

function original({ queries }: Change, { signedAt, actionHash }: VerificationTable): Promise<VerificationTable> {
  return queries
    .selectFrom('verifications')
    .selectAll()
    .where('signedAt', '=', signedAt)
    .where('actionHash', '=', actionHash)
    .executeTakeFirstOrThrow();
}

function touchAgents(
  { statements, engine, now }: Change,
  rows: readonly VerificationTable[],
  touched: Map<string, number>,
): void {
  const due = [...new Set(rows.map(({ agentId }) => agentId))].filter((id) => now - (touched.get(id) ?? 0) >= TOUCH_EVERY);
  if (due.length === 0) return;
  if (touched.size > 100_000) touched.clear();
  for (const id of due) touched.set(id, now);
  statements.post(engine === 'postgres' ? TOUCH_ON_POSTGRES : TOUCH_ON_SQLITE, [
    now,
    now,
    engine === 'postgres' ? due : JSON.stringify(due),
  ]);
}

const TOUCH = 'update "agents" set "lastActiveAt" = $1, "lastCapabilityCheckAt" = $2 where "id"';
const TOUCH_ON_POSTGRES = `${TOUCH} = any($3)`;
const TOUCH_ON_SQLITE = `${TOUCH} in (select value from json_each($3))`;
