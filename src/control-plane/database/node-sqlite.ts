// Kysely over Node's own SQLite: one connection in WAL mode, statements prepared once.

import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';

/** `full` waits for the disk at every commit, so that acknowledged changes survive power loss; `normal` survives a crash of the process. */
export type Durability = 'normal' | 'full';

/** The dialect, and the one connection behind it, for statements that need no building. It is open after the first query. */
export function nodeSqliteDialect(
  path: string,
  durability: Durability,
): { dialect: Dialect; connection(): NodeSqliteConnection } {
  const driver = new NodeSqliteDriver(path, durability);
  return {
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => driver,
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
    connection: () => driver.connection,
  };
}

class NodeSqliteDriver implements Driver {
  readonly #path: string;
  readonly #durability: Durability;
  #connection: NodeSqliteConnection | undefined;

  constructor(path: string, durability: Durability) {
    this.#path = path;
    this.#durability = durability;
  }

  get connection(): NodeSqliteConnection {
    if (this.#connection === undefined) throw new Error('The database is not open.');
    return this.#connection;
  }

  async init(): Promise<void> {
    const database = new DatabaseSync(this.#path, { enableForeignKeyConstraints: true, timeout: 5000 });
    database.exec(`pragma journal_mode = wal; pragma synchronous = ${this.#durability}; pragma temp_store = memory`);
    this.#connection = new NodeSqliteConnection(database);
    this.#connection.settleEvery(PAGES_BETWEEN_CHECKPOINTS);
  }

  acquireConnection = async (): Promise<NodeSqliteConnection> => this.connection;

  beginTransaction = async (connection: DatabaseConnection): Promise<void> => (connection as NodeSqliteConnection).begin();
  commitTransaction = async (connection: DatabaseConnection): Promise<void> =>
    (connection as NodeSqliteConnection).exec('commit');
  rollbackTransaction = async (connection: DatabaseConnection): Promise<void> =>
    (connection as NodeSqliteConnection).rollback();
  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {
    this.#connection?.close();
    this.#connection = undefined;
  }
}

const STATEMENTS_KEPT = 500;
// Whoever commits then waits for the disk: every 16 MB, not every 4 as SQLite has it, keeps most out of it.
export const PAGES_BETWEEN_CHECKPOINTS = 4000;

export class NodeSqliteConnection implements DatabaseConnection {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, { statement: StatementSync; reads: boolean }>();
  #changed = 0;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** How many statements have changed something since it was opened. */
  get changed(): number {
    return this.#changed;
  }

  /** So many pages of write-ahead log, and a commit of this connection brings them into the file. */
  settleEvery(pages: number): void {
    this.#database.exec(`pragma wal_autocheckpoint = ${pages}`);
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    const { statement, reads } = this.#prepare(sql);
    const values = parameters.map(bindable);
    if (reads) return { rows: statement.all(...values) as Row[] };
    this.#changed += 1;
    const { changes, lastInsertRowid } = statement.run(...values);
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
  }

  async *streamQuery<Row>({ sql, parameters }: CompiledQuery): AsyncIterableIterator<QueryResult<Row>> {
    for (const row of this.#database.prepare(sql).iterate(...parameters.map(bindable))) yield { rows: [row as Row] };
  }

  /** What the statement gives back; the values are strings, numbers and null, in the order of its `?`. */
  rows<Row>(sql: string, values: readonly unknown[]): Row[] {
    const { statement, reads } = this.#prepare(sql);
    if (reads) return statement.all(...(values as SQLInputValue[])) as Row[];
    this.#changed += 1;
    statement.run(...(values as SQLInputValue[]));
    return [];
  }

  /** Whether it inserted, where an `on conflict do nothing` may have kept it from that. */
  inserts(sql: string, values: readonly unknown[]): boolean {
    this.#changed += 1;
    return this.#prepare(sql).statement.run(...(values as SQLInputValue[])).changes === 1;
  }

  /** For what gives nothing back. Gives the key of the row that was inserted last. */
  change(sql: string, values: readonly unknown[]): number {
    this.#changed += 1;
    return Number(this.#prepare(sql).statement.run(...(values as SQLInputValue[])).lastInsertRowid);
  }

  begin(): void {
    // One that a full disk left behind must not stand in the way of all that follow.
    this.rollback();
    // Immediate, so that a second process is told at the beginning, not in the middle, that it must wait.
    this.exec('begin immediate');
  }

  /** Where there is nothing to roll back, SQLite has done it itself: it does so when the disk is full. */
  rollback(): void {
    if (!this.#database.isTransaction) return;
    try {
      this.exec('rollback');
    } catch (error) {
      if (!/no transaction is active/.test(String(error))) throw error;
    }
  }

  exec(text: string): void {
    this.#prepare(text).statement.run();
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  #prepare(sql: string): { statement: StatementSync; reads: boolean } {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    const prepared = { statement, reads: statement.columns().length > 0 };
    if (this.#statements.size >= STATEMENTS_KEPT) this.#statements.delete(this.#statements.keys().next().value ?? '');
    this.#statements.set(sql, prepared);
    return prepared;
  }
}

function bindable(value: unknown): SQLInputValue {
  if (value === undefined) return null;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return value as SQLInputValue;
}
