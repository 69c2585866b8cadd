// The program of the thread that writes: one writer for each log, fed by messages, telling its progress in shared memory.

import { parentPort, workerData } from 'node:worker_threads';
import { FileWriter } from './file-writer.ts';
import type { Handed } from './line-writer.ts';
import { type FromThread, Owner, Place, type ToThread } from './log-thread.ts';

type Open = { writer: FileWriter; progressed(): void; flushed(number: number): void };

const logs = new Map<number, Open>();
const isOurs = Atomics.compareExchange(workerData as Int32Array, 0, Owner.nobody, Owner.thread) === Owner.nobody;
// The host's last words were quicker: it writes by itself.
if (isOurs) parentPort?.on('message', (message: ToThread) => receive(message));

function receive(message: ToThread): void {
  if (message.kind === 'open') {
    logs.set(message.id, openLog(message));
    return;
  }
  const log = logs.get(message.id);
  if (!log) return;
  if (message.kind === 'close') {
    logs.delete(message.id);
    void log.writer.close();
    return;
  }
  const { pieces, flush } = message;
  log.writer.take(pieces.flatMap((piece): Handed[] => (typeof piece === 'string' ? piece.split('\n') : [piece])));
  if (flush === undefined) return;
  const { number, patience, how } = flush;
  if (how === 'async') {
    void log.writer.flush(patience).then(() => log.flushed(number));
    return;
  }
  log.writer.flushSync(patience, { isLast: how === 'last' });
  log.flushed(number);
}

function openLog({ id, options, shared }: Extract<ToThread, { kind: 'open' }>): Open {
  let said: string | null = null;
  const say = (flushed: number) => {
    said = writer.failing;
    parentPort?.postMessage({ id, failing: said, flushed } satisfies FromThread);
  };
  const changed = () => {
    Atomics.add(shared, Place.version, 1);
    Atomics.notify(shared, Place.version);
  };
  const progressed = () => {
    Atomics.store(shared, Place.written, writer.written | 0);
    changed();
    if (writer.failing !== said) say(0);
  };
  const writer = new FileWriter({ ...options, sparesHost: false, onAttempt: progressed });
  const flushed = (number: number) => {
    Atomics.store(shared, Place.written, writer.written | 0);
    Atomics.store(shared, Place.flushed, number);
    changed();
    say(number);
  };
  return { writer, progressed, flushed };
}
