// The thread that writes the security logs of this process, so that a disk that hangs holds up nobody but it.
//
// One for all logs, started with the first line. It owns no line that the host could not write itself: where it cannot start, or
// ends, each writer goes on in the host's thread with what the thread has not counted as written.

import { Worker } from 'node:worker_threads';
import { programBeside } from '../program-beside.ts';
import type { Handed, WriterOptions } from './line-writer.ts';

/** What a writer and the thread share without messages: `Atomics` over these places. */
export const Place = {
  /** Changes with everything else, to wait for. */
  version: 0,
  /** Lines that are in the file, as a 32-bit number that wraps. */
  written: 1,
  /** The number of the last flush that was done. */
  flushed: 2,
} as const;

/** Who writes: nobody yet, the thread, or the host, which was quicker. */
export const Owner = { nobody: 0, thread: 1, host: 2 } as const;

export type ToThread =
  | { kind: 'open'; id: number; options: WriterOptions; shared: Int32Array }
  | {
      kind: 'take';
      id: number;
      /** Lines joined by newlines, which no line has in it; or a checkpoint. */
      pieces: readonly (string | Exclude<Handed, string>)[];
      /** Then flush, and say so under this number; at once rather than in turns of the event loop, where the host waits in one. */
      flush?: { number: number; patience: number; how: 'async' | 'sync' | 'last' };
    }
  | { kind: 'close'; id: number };

export type FromThread = { id: number; failing: string | null; flushed: number };

export type Listener = { heard(said: FromThread): void; ended(): void };

export type LogThread = {
  /** Gives the number under which the thread knows the file. */
  open(options: WriterOptions, shared: Int32Array, listener: Listener): number;
  post(message: ToThread): void;
  /** A thread that has yet to start answers late for other reasons than its disk. */
  readonly hasBegun: boolean;
  forget(id: number): void;
  /** Takes all writing back to the host, unless the thread has begun. */
  recall(): boolean;
};

/** Null where no thread can be had: no program for it (a bundle of somebody else's), or none allowed. A new one when the last does not answer. */
export function logThread(isStuck: (thread: LogThread) => boolean): LogThread | null {
  if (shared !== null && !isStuck(shared)) return shared;
  if (!mayStart) return null;
  try {
    shared = startThread();
  } catch {
    mayStart = false;
    shared = null;
  }
  return shared;
}

let shared: LogThread | null = null;
let mayStart = true;

function startThread(): LogThread | null {
  const program = programOfThread();
  if (program === null) {
    mayStart = false;
    return null;
  }
  const owner = new Int32Array(new SharedArrayBuffer(4));
  // Nothing of the host's own start: its preloaded modules and settings are for its program.
  const worker = new Worker(program, {
    name: 'security-log',
    workerData: owner,
    // From its source, Node 22 reads it only when told to.
    execArgv: program.pathname.endsWith('.ts') ? ['--experimental-strip-types'] : [],
    env: {},
    resourceLimits: { maxYoungGenerationSizeMb: 16 },
  });
  const listeners = new Map<number, Listener>();
  let next = 0;
  const end = () => {
    if (Atomics.load(owner, 0) === Owner.nobody) mayStart = false;
    if (shared === thread) shared = null;
    for (const listener of [...listeners.values()]) listener.ended();
    listeners.clear();
  };
  worker.on('message', (said: FromThread) => listeners.get(said.id)?.heard(said));
  worker.on('error', end);
  worker.on('exit', end);
  worker.unref(); // last: listening for messages would hold the process again
  const thread: LogThread = {
    open(options, places, listener) {
      next += 1;
      listeners.set(next, listener);
      worker.postMessage({ kind: 'open', id: next, options, shared: places } satisfies ToThread);
      return next;
    },
    get hasBegun() {
      return Atomics.load(owner, 0) !== Owner.nobody;
    },
    post: (message) => worker.postMessage(message),
    forget: (id) => void listeners.delete(id),
    recall() {
      if (Atomics.compareExchange(owner, 0, Owner.nobody, Owner.host) !== Owner.nobody) return false;
      end();
      return true;
    },
  };
  return thread;
}

/** Beside this file in the source, at the root of the package when it is built. Null in any other bundle. */
function programOfThread(): URL | null {
  return programBeside(import.meta.url, { source: './worker.ts', built: 'log-writer' });
}
