// One change: rows, their audit entries and their stream events, all in one transaction, in the order of commit.

import { sql, type Transaction } from 'kysely';
import { type ChainHead, GENESIS, sealEntry } from '../audit/chain.ts';
import type { Actor, AuditDraft } from '../audit/draft.ts';
import type { StoredEvent } from '../stream/hub.ts';
import { auditEntryText } from '../views/audit.ts';
import { newId } from './new-id.ts';
import type { Database, Engine } from './open.ts';
import type { Schema } from './schema.ts';
import { type Statements, statementsOf } from './statements.ts';
import type { AuditEntryTable } from './tables/records.ts';

/** What the work of a change may do. Nothing but queries is awaited in it: on SQLite everybody waits meanwhile. */
export type Change = {
  readonly queries: Transaction<Schema>;
  readonly engine: Engine;
  /** For what is done many times at once. */
  readonly statements: Statements;
  readonly now: number;
  audit(actor: Actor, draft: AuditDraft): void;
  publish(event: EventDraft): void;
  /** In `record`: what decisions rest on was changed after all. */
  revise(): void;
};

export type EventDraft = {
  organizationId: string;
  type: string;
  change: 'created' | 'updated' | 'decided' | 'expired' | 'revoked' | 'deleted';
  agentId?: string | null;
  /** What clients get; a `Json` that is written already is sent as it is. */
  subject: unknown;
};

/** JSON that somebody wrote already. */
export class Json {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Changes = {
  /** Runs the work, commits, tells the stream. Throws what the work throws, and then nothing was changed. */
  run<Result>(work: (change: Change) => Promise<Result>): Promise<Result>;
  /** The same for work on which no decision rests, such as recording one: what others have prepared stays valid. */
  record<Result>(work: (change: Change) => Promise<Result>): Promise<Result>;
};

export type ChangesOptions = {
  database: Database;
  clock: () => number;
  /** Called after each commit of this instance, in commit order. */
  committed: (events: StoredEvent[]) => void;
};

export function createChanges({ database, clock, committed }: ChangesOptions): Changes {
  const { engine, queries } = database;

  async function transact<Result>(work: (change: Change) => Promise<Result>, revises: boolean): Promise<Result> {
    const audits: { actor: Actor; draft: AuditDraft }[] = [];
    const events: EventDraft[] = [];
    const now = clock();
    const stored: StoredEvent[] = [];
    let revised = revises;
    const result = await queries.transaction().execute(async (transaction) => {
      // One writer at a time, over all instances: positions and chain are serial, and no two can wait for each other's rows.
      if (engine === 'postgres') await sql`select pg_advisory_xact_lock(${WRITER_LOCK})`.execute(transaction);
      const statements = statementsOf(transaction, engine, database.connection);
      const answer = await work({
        queries: transaction,
        engine,
        statements,
        now,
        audit: (actor, draft) => void audits.push({ actor, draft }),
        publish: (event) => void events.push(event),
        revise: () => {
          revised = true;
        },
      });
      if (audits.length === 0 && events.length === 0) return answer;
      const sealed = await seal(statements, audits, now);
      for (const entry of sealed) {
        events.push({
          organizationId: entry.organizationId,
          type: 'audit',
          change: 'created',
          agentId: entry.agentId,
          subject: new Json(auditEntryText(entry)),
        });
      }
      if (revised) await revise(transaction, new Set(events.map(({ organizationId }) => organizationId)));
      stored.push(...(await append(statements, events, now)));
      if (engine === 'postgres')
        await statements.run("select pg_notify('aim_events', $1)", [String(stored.at(-1)?.position ?? 0)]);
      return answer;
    });
    committed(stored);
    return result;
  }

  // One after the other, so that events are told in the order in which they were committed.
  let last: Promise<unknown> = Promise.resolve();
  function inOrder<Result>(work: (change: Change) => Promise<Result>, revises: boolean): Promise<Result> {
    const mine = last.then(() => transact(work, revises));
    last = mine.catch(() => undefined);
    return mine;
  }
  return { run: (work) => inOrder(work, true), record: (work) => inOrder(work, false) };
}

/** The number only has to be ours. */
const WRITER_LOCK = 0x61696d31;

async function revise(queries: Transaction<Schema>, organizations: ReadonlySet<string>): Promise<void> {
  for (const id of organizations) {
    await queries
      .updateTable('organizations')
      .set((eb) => ({ revision: eb('revision', '+', 1) }))
      .where('id', '=', id)
      .execute();
  }
}

async function seal(
  statements: Statements,
  audits: { actor: Actor; draft: AuditDraft }[],
  now: number,
): Promise<AuditEntryTable[]> {
  const entries: AuditEntryTable[] = [];
  const heads = new Map<string, ChainHead>();
  for (const { actor, draft } of audits) {
    const { organizationId } = draft;
    const head = heads.get(organizationId) ?? (await headOf(statements, organizationId));
    const entry = sealEntry(head, {
      organizationId,
      id: newId(now),
      at: now,
      userId: actor.userId ?? null,
      userName: actor.userName ?? null,
      // What is done to an agent is on its record, as is what it does.
      agentId: actor.agentId ?? draft.agentId ?? (draft.resourceType === 'agent' ? (draft.resourceId ?? null) : null),
      agentName: actor.agentName ?? draft.agentName ?? null,
      action: draft.action,
      resourceType: draft.resourceType,
      resourceId: draft.resourceId ?? null,
      ipAddress: actor.ipAddress ?? null,
      userAgent: actor.userAgent ?? null,
      metadata: JSON.stringify(draft.metadata ?? {}),
    });
    heads.set(organizationId, { sequence: entry.sequence, hash: entry.hash });
    entries.push(entry);
  }
  await statements.insert('auditEntries', entries);
  for (const [organizationId, { sequence, hash }] of heads) await statements.run(NEW_HEAD, [organizationId, sequence, hash]);
  return entries;
}

const NEW_HEAD = `insert into "auditHeads" ("organizationId", "sequence", "hash") values ($1, $2, $3)
  on conflict ("organizationId") do update set "sequence" = excluded."sequence", "hash" = excluded."hash"`;

async function headOf(statements: Statements, organizationId: string): Promise<ChainHead> {
  const [head] = await statements.run<ChainHead>('select "sequence", "hash" from "auditHeads" where "organizationId" = $1', [
    organizationId,
  ]);
  return head ?? { sequence: 0, hash: GENESIS };
}

async function append(statements: Statements, events: EventDraft[], at: number): Promise<StoredEvent[]> {
  if (events.length === 0) return [];
  const rows = events.map(({ organizationId, type, change, agentId, subject }) => ({
    organizationId,
    type,
    change,
    agentId: agentId ?? null,
    at,
    subject: subject instanceof Json ? subject.text : JSON.stringify(subject),
  }));
  const positions = await statements.insertEvents(rows);
  return rows.map((row, index) => ({ ...row, position: positions[index] ?? 0 }));
}
