// Brings SQLite's write-ahead log into its file from a thread of its own: whoever commits would wait for the disk, and everybody with it.

import { Worker } from 'node:worker_threads';
import { type Durability, type NodeSqliteConnection, PAGES_BETWEEN_CHECKPOINTS } from './node-sqlite.ts';

export type Checkpoints = {
  /** Null nearly always: else what to wait for before the next transaction begins. */
  readonly pause: Promise<unknown> | null;
  /** After each commit. */
  committed(): void;
  /** Ends the thread, so that the connection that remains is the last and leaves a whole file behind. */
  stop(): Promise<void>;
};

/** Pages in the log; null where it failed: a full disk, say. */
type Outcome = { pages: number } | null;

export function createCheckpoints(
  path: string,
  durability: Durability,
  connection: NodeSqliteConnection,
  limits: Limits = LIMITS,
): Checkpoints {
  let worker: Worker | null = null;
  let isBusy = false;
  let isStopped = false;
  let pause: Promise<unknown> | null = null;
  let changedThen = 0;
  let notBefore = 0;
  let answered: (outcome: Outcome) => void = () => undefined;
  let idle: NodeJS.Timeout | undefined;

  function begin(): Worker {
    const made = new Worker(THREAD, { eval: true, execArgv: [], workerData: { path, durability }, resourceLimits: SMALL });
    made.unref();
    made.on('message', (outcome: Outcome) => answered(outcome));
    // Whatever ended it: whoever commits does it again, as before there was a thread, and the next turn tries another.
    made.on('error', () => undefined);
    made.on('exit', () => {
      if (worker === made) worker = null;
      if (!isStopped) connection.settleEvery(PAGES_BETWEEN_CHECKPOINTS);
      answered(null);
    });
    return made;
  }

  function settle(): Promise<Outcome> {
    if (isStopped) return Promise.resolve(null);
    worker ??= begin();
    const thread = worker;
    return new Promise((resolve) => {
      answered = resolve;
      thread.postMessage('settle');
    });
  }

  async function turn(): Promise<void> {
    isBusy = true;
    clearTimeout(idle);
    try {
      const first = await settle();
      if (first === null) return;
      connection.settleEvery(PAGES_WITHOUT_HELP);
      // The log begins anew only when all of it is settled, which it never is while others write: they wait for what is left.
      if (first.pages >= limits.pagesBeforeNewLog) {
        pause = settle();
        await pause;
      }
    } catch {
      // No thread is to be had.
    } finally {
      pause = null;
      isBusy = false;
      notBefore = performance.now() + limits.leastBetween;
      idle = setTimeout(() => worker?.postMessage('end'), IDLE_ENDS_AFTER).unref();
    }
  }

  return {
    get pause() {
      return pause;
    },
    committed() {
      if (isBusy || connection.changed - changedThen < limits.changesBetween || performance.now() < notBefore) return;
      changedThen = connection.changed;
      void turn();
    },
    async stop() {
      isStopped = true;
      clearTimeout(idle);
      await worker?.terminate();
    },
  };
}

type Limits = { changesBetween: number; leastBetween: number; pagesBeforeNewLog: number };

// Some eight hundred verifications; 40 MB.
const LIMITS: Limits = { changesBetween: 4000, leastBetween: 200, pagesBeforeNewLog: 10_000 };
// It does not come to this unless the thread is far behind.
const PAGES_WITHOUT_HELP = 60_000;
// A thread is memory, which a server at rest should not hold.
const IDLE_ENDS_AFTER = 10_000;
const SMALL = { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 16, stackSizeMb: 1 };

// `passive` waits for nobody and lets nobody wait.
const THREAD = `
const { parentPort, workerData } = require('node:worker_threads');
const { emitWarning } = process;
process.emitWarning = (warning, ...rest) => {
  if (!String(warning).startsWith('SQLite is an experimental')) emitWarning.call(process, warning, ...rest);
};
const { DatabaseSync } = require('node:sqlite');
const database = new DatabaseSync(workerData.path, { timeout: 0 });
database.exec('pragma wal_autocheckpoint = 0; pragma synchronous = ' + workerData.durability);
const settle = database.prepare('pragma wal_checkpoint(passive)');
parentPort.on('message', (word) => {
  if (word === 'end') {
    database.close();
    return parentPort.close();
  }
  try {
    parentPort.postMessage({ pages: settle.get().log });
  } catch {
    parentPort.postMessage(null);
  }
});
`;
