// One change: rows, their audit entries and their stream events, all in one transaction, in the order of commit.

import type { Transaction } from 'kysely';
import { type ChainHead, GENESIS, sealEntry } from '../audit/chain.ts';
import type { Actor, AuditDraft } from '../audit/draft.ts';
import type { StoredEvent } from '../stream/hub.ts';
import { auditEntryText } from '../views/audit.ts';
import { newId } from './new-id.ts';
import type { Database, Engine } from './open.ts';
import type { Schema } from './schema.ts';
import type { Statements } from './statements.ts';
import type { AuditEntryTable } from './tables/records.ts';

/** What the work of a change may do. Nothing but queries is awaited in it: on SQLite everybody waits meanwhile. */
export type Change = {
  readonly queries: Transaction<Schema>;
  readonly engine: Engine;
  /** For what is done many times at once. */
  readonly statements: Statements;
  readonly now: number;
  /** Says early whose chain it goes into, so that its head is there when it is needed. */
  about(organizationId: string): void;
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
  async function transact<Result>(work: (change: Change) => Promise<Result>, revises: boolean): Promise<Result> {
    const audits: { actor: Actor; draft: AuditDraft }[] = [];
    const events: EventDraft[] = [];
    const now = clock();
    let revised = revises;
    const { answer, rows, positions } = await database.write(async ({ queries, statements }) => {
      const heads = headsOf(statements);
      const answer = await work({
        queries,
        engine: database.engine,
        statements,
        now,
        about: heads.about,
        audit: (actor, draft) => void audits.push({ actor, draft }),
        publish: (event) => void events.push(event),
        revise: () => {
          revised = true;
        },
      });
      for (const entry of await seal(statements, heads, audits, now)) events.push(toldEntry(entry));
      if (revised) await revise(queries, new Set(events.map(({ organizationId }) => organizationId)));
      const rows = events.map((event) => toRow(event, now));
      // In an object, so that it is not waited for here: it comes with the commit.
      return { answer, rows, positions: statements.postEvents(rows) };
    });
    const made = await positions;
    committed(rows.map((row, index) => ({ ...row, position: made[index] ?? 0 })));
    return answer;
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
  heads: Heads,
  audits: { actor: Actor; draft: AuditDraft }[],
  now: number,
): Promise<AuditEntryTable[]> {
  const entries: AuditEntryTable[] = [];
  const after = new Map<string, ChainHead>();
  for (const { actor, draft } of audits) {
    const { organizationId } = draft;
    const head = after.get(organizationId) ?? (await heads.of(organizationId));
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
    after.set(organizationId, { sequence: entry.sequence, hash: entry.hash });
    entries.push(entry);
  }
  statements.postRows('auditEntries', entries);
  for (const [organizationId, { sequence, hash }] of after) statements.post(NEW_HEAD, [organizationId, sequence, hash]);
  return entries;
}

const NEW_HEAD = `insert into "auditHeads" ("organizationId", "sequence", "hash") values ($1, $2, $3)
  on conflict ("organizationId") do update set "sequence" = excluded."sequence", "hash" = excluded."hash"`;

type Heads = { about(organizationId: string): void; of(organizationId: string): Promise<ChainHead> };

/** The ends of the chains, each read once in a transaction. */
function headsOf(statements: Statements): Heads {
  const asked = new Map<string, Promise<readonly ChainHead[]>>();
  function ask(organizationId: string): Promise<readonly ChainHead[]> {
    const known = asked.get(organizationId);
    if (known !== undefined) return known;
    const head = statements.run<ChainHead>(HEAD, [organizationId]);
    // Where nobody comes to need it, its failure is that of the transaction.
    head.catch(() => undefined);
    asked.set(organizationId, head);
    return head;
  }
  return {
    about: (organizationId) => void ask(organizationId),
    of: async (organizationId) => (await ask(organizationId))[0] ?? { sequence: 0, hash: GENESIS },
  };
}

const HEAD = 'select "sequence", "hash" from "auditHeads" where "organizationId" = $1';

const toldEntry = (entry: AuditEntryTable): EventDraft => ({
  organizationId: entry.organizationId,
  type: 'audit',
  change: 'created',
  agentId: entry.agentId,
  subject: new Json(auditEntryText(entry)),
});

const toRow = ({ organizationId, type, change, agentId, subject }: EventDraft, at: number): Omit<StoredEvent, 'position'> => ({
  organizationId,
  type,
  change,
  agentId: agentId ?? null,
  at,
  subject: subject instanceof Json ? subject.text : JSON.stringify(subject),
});
