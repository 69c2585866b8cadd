// The queue between the host and the log file: takes a line in a microsecond, writes batches, keeps what it cannot write yet, counts what it must drop.

import type { Link } from './chain.ts';
import { type Body, BUSY, LogFile, type LogFileOptions, sizeOf } from './log-file.ts';
import { compressParts } from './rotate.ts';

/**
 * What a call that returned has reached: `queued` the process, written before its event loop turns; `written` the operating
 * system, so that it survives the process however that ends; `synced` the disk.
 */
export type Durability = 'queued' | 'written' | 'synced';

export type FileWriterOptions = LogFileOptions & {
  durability: Durability;
  compress: boolean;
  /** A signed line that vouches for all before it, after so many lines. */
  checkpoint: { everyLines: number; body(link: Link): string } | null;
  /** Called with what to log about lines that were dropped, once there is room again. */
  aboutDropped(count: number, reason: string): string;
};

export type WriterState = {
  written: number;
  dropped: number;
  queued: number;
  /** Why the last attempt failed; null when it did not. */
  failing: string | null;
};

export class FileWriter {
  readonly #options: FileWriterOptions;
  readonly #file: LogFile;
  #queue: Body[] = [];
  #queuedBytes = 0;
  #timer: NodeJS.Immediate | NodeJS.Timeout | null = null;
  #busySince: number | null = null;
  #failures = 0;
  #failing: string | null = null;
  #written = 0;
  #dropped = 0;
  #unreported = 0;
  #sinceCheckpoint = 0;
  /** On a slow disk the host gets nine tenths of the time: how long it is left alone now. */
  #rest = 0;
  #isCompressing = false;
  #isCompressionDue = false;

  constructor(options: FileWriterOptions) {
    this.#options = options;
    this.#file = new LogFile(options);
    flushedAtExit(this.#flushAtExit);
  }

  get state(): WriterState {
    return { written: this.#written, dropped: this.#dropped, queued: this.#queue.length, failing: this.#failing };
  }

  /** Takes a line without its closing brace. Never throws. */
  add(body: string): void {
    if (this.#queuedBytes + body.length > MOST_QUEUED) {
      this.#dropped += 1;
      this.#unreported += 1;
      return;
    }
    this.#queue.push(body);
    this.#queuedBytes += body.length;
    this.#sinceCheckpoint += 1;
    if (this.#options.checkpoint && this.#sinceCheckpoint >= this.#options.checkpoint.everyLines) this.#addCheckpoint();
    if (this.#options.durability !== 'queued') this.flushSync();
    // A host that logs in a loop without ever yielding would otherwise fill the queue.
    else if (this.#queuedBytes > DRAIN_NOW && this.#failures === 0 && this.#busySince === null && this.#rest === 0)
      this.#writeBatch();
    this.#schedule();
  }

  /** Resolves when everything added so far is in the file, and on the disk; or when it cannot be, within `patience` milliseconds. */
  async flush(patience = FLUSH_PATIENCE): Promise<void> {
    const until = performance.now() + patience;
    while (this.#queue.length > 0 && performance.now() < until) {
      if (!this.#writeBatch()) await new Promise((resolve) => setTimeout(resolve, 1 + Math.random() * 3));
    }
    this.#sync();
  }

  /** The same without yielding, for `written` and `synced` durability and for the end of the process. */
  flushSync(patience = FLUSH_PATIENCE): void {
    const until = performance.now() + patience;
    while (this.#queue.length > 0) {
      if (this.#writeBatch()) continue;
      if (this.#failures > 0 || performance.now() > until) break;
      Atomics.wait(SLEEP, 0, 0, 1);
    }
    if (this.#options.durability === 'synced') this.#sync();
  }

  async close(): Promise<void> {
    if (this.#sinceCheckpoint > 0) this.#addCheckpoint();
    await this.flush();
    if (this.#timer) clear(this.#timer);
    atExit.delete(this.#flushAtExit);
    this.#file.close();
  }

  readonly #flushAtExit = (): void => {
    if (this.#sinceCheckpoint > 0) this.#addCheckpoint();
    this.flushSync();
    // Another process has held the lock all this time (it was stopped). The lines matter more than their place in the chain.
    if (this.#queue.length > 0 && this.#failures === 0) this.#writeBatch({ unlinked: true });
  };

  #schedule(): void {
    if (this.#timer || this.#queue.length === 0) return;
    if (this.#failures > 0) this.#timer = setTimeout(this.#run, Math.min(LONGEST_PAUSE, 50 * 2 ** this.#failures)).unref();
    else if (this.#rest > 0) this.#timer = setTimeout(this.#run, this.#rest);
    else if (this.#busySince !== null) this.#timer = setTimeout(this.#run, 1 + Math.random() * 3);
    else this.#timer = setImmediate(this.#run);
  }

  readonly #run = (): void => {
    this.#timer = null;
    const unlinked = this.#busySince !== null && performance.now() - this.#busySince > LOCK_PATIENCE;
    this.#writeBatch({ unlinked });
    this.#schedule();
  };

  /** Writes up to 64 KB. False when nothing could be written now. */
  #writeBatch({ unlinked = false } = {}): boolean {
    const batch = this.#nextBatch();
    if (batch.length === 0) return false;
    const begun = performance.now();
    try {
      const written = this.#file.append(batch, { unlinked });
      const took = performance.now() - begun;
      // The first one opens the file and loads SQLite for its lock.
      this.#rest = took < SLOW || this.#written === 0 ? 0 : Math.min(LONGEST_PAUSE, took * 9);
      if (written === BUSY) {
        this.#busySince ??= performance.now();
        return false;
      }
      this.#busySince = null;
      this.#failures = 0;
      this.#failing = null;
      this.#written += written.lines;
      this.#forget(written.lines);
      this.#reportDropped();
      if (written.rotated && this.#options.compress) void this.#compress();
      return true;
    } catch (error) {
      this.#failures += 1;
      this.#failing = error instanceof Error ? error.message : String(error);
      return false;
    }
  }

  #addCheckpoint(): void {
    const { checkpoint, chain } = this.#options;
    if (!checkpoint || !chain) return;
    this.#queue.push(checkpoint.body);
    this.#queuedBytes += sizeOf(checkpoint.body);
    this.#sinceCheckpoint = 0;
  }

  #nextBatch(): readonly Body[] {
    let bytes = 0;
    let count = 0;
    for (const body of this.#queue) {
      bytes += sizeOf(body);
      if (count > 0 && bytes > BATCH_BYTES) break;
      count += 1;
    }
    return count === this.#queue.length ? this.#queue : this.#queue.slice(0, count);
  }

  #forget(lines: number): void {
    for (let line = 0; line < lines; line += 1) this.#queuedBytes -= sizeOf(this.#queue[line] ?? '');
    this.#queue = lines === this.#queue.length ? [] : this.#queue.slice(lines);
  }

  #reportDropped(): void {
    if (this.#unreported === 0 || this.#queuedBytes > MOST_QUEUED / 2) return;
    const count = this.#unreported;
    this.#unreported = 0;
    this.add(this.#options.aboutDropped(count, this.#failing ?? 'the queue was full'));
  }

  #sync(): void {
    try {
      this.#file.sync();
    } catch (error) {
      this.#failing = error instanceof Error ? error.message : String(error);
    }
  }

  async #compress(): Promise<void> {
    this.#isCompressionDue = true;
    if (this.#isCompressing) return;
    this.#isCompressing = true;
    try {
      while (this.#isCompressionDue) {
        this.#isCompressionDue = false;
        await compressParts(this.#options.path, this.#options.backupCount, async (change) => {
          while (this.#file.locked(change) === BUSY) await new Promise((resolve) => setTimeout(resolve, 5));
        });
      }
    } catch (error) {
      // The part stays as it is, readable; the next rotation tries again.
      this.#failing = error instanceof Error ? error.message : String(error);
    } finally {
      this.#isCompressing = false;
    }
  }
}

/** One listener for all writers: hosts count theirs. */
function flushedAtExit(flush: () => void): void {
  if (!isListening) {
    process.on('exit', () => {
      for (const each of atExit) each();
    });
  }
  isListening = true;
  atExit.add(flush);
}

const atExit = new Set<() => void>();
let isListening = false;

function clear(timer: NodeJS.Immediate | NodeJS.Timeout): void {
  clearImmediate(timer as NodeJS.Immediate);
  clearTimeout(timer as NodeJS.Timeout);
}

const SLEEP = new Int32Array(new SharedArrayBuffer(4));
const BATCH_BYTES = 64 * 1024;
const DRAIN_NOW = 256 * 1024;
const MOST_QUEUED = 32 * 1024 * 1024;
const FLUSH_PATIENCE = 2000; // milliseconds
const LOCK_PATIENCE = 2000; // a writer that holds the lock so long is stopped, not slow
const LONGEST_PAUSE = 5000;
const SLOW = 20; // milliseconds for a batch, which the page cache takes in less than one
