// Writes lines into a log file in batches, one attempt after the other: waits for its lock, leaves a failing disk time, compresses rotated parts.

import { readSigningKey } from '../../crypto/ed25519.ts';
import type { Link } from '../chain.ts';
import { checkpointBody } from '../checkpoint.ts';
import { type Body, BUSY, LogFile, sizeOf } from '../log-file.ts';
import { compressParts } from '../rotate.ts';
import type { Handed, LineWriter, WriterOptions } from './line-writer.ts';

export type FileWriterOptions = WriterOptions & {
  /** In the host's thread: on a slow disk, the host gets nine tenths of the time. */
  sparesHost: boolean;
  /** Told after each attempt. */
  onAttempt?(): void;
};

export class FileWriter implements LineWriter {
  readonly #options: FileWriterOptions;
  readonly #file: LogFile;
  readonly #checkpoint: ((handed: Exclude<Handed, string>) => Body) | null;
  #queue: Body[] = [];
  #queuedBytes = 0;
  #timer: NodeJS.Immediate | NodeJS.Timeout | null = null;
  #busySince: number | null = null;
  #failures = 0;
  #failing: string | null = null;
  #written = 0;
  /** How long the host is left alone now. */
  #rest = 0;
  #isCompressing = false;
  #isCompressionDue = false;

  constructor(options: FileWriterOptions) {
    this.#options = options;
    this.#file = new LogFile(options);
    const key = options.checkpointKey === null ? null : readSigningKey(options.checkpointKey);
    this.#checkpoint =
      key &&
      (({ checkpoint }) =>
        (link: Link) =>
          checkpointBody(key, checkpoint, link));
  }

  get written(): number {
    return this.#written;
  }

  get waiting(): { lines: number; bytes: number } {
    return { lines: this.#queue.length, bytes: this.#queuedBytes };
  }

  get failing(): string | null {
    return this.#failing;
  }

  /** How many attempts failed since the last one that did not. */
  get failures(): number {
    return this.#failures;
  }

  take(lines: readonly Handed[]): void {
    for (const line of lines) {
      const body = typeof line === 'string' ? line : this.#checkpoint?.(line);
      if (body === undefined) continue;
      this.#queue.push(body);
      this.#queuedBytes += sizeOf(body);
    }
    // A host that logs in a loop without ever yielding would otherwise fill the queue.
    if (this.#queuedBytes > DRAIN_NOW && this.#failures === 0 && this.#busySince === null && this.#rest === 0)
      this.#writeBatch();
    this.#schedule();
  }

  async flush(patience: number): Promise<void> {
    const until = performance.now() + patience;
    while (this.#queue.length > 0 && performance.now() < until) {
      if (!this.#writeBatch()) await new Promise((resolve) => setTimeout(resolve, 1 + Math.random() * 3));
    }
    this.#sync();
  }

  flushSync(patience: number, { isLast } = { isLast: false }): void {
    const until = performance.now() + patience;
    while (this.#queue.length > 0) {
      if (this.#writeBatch()) continue;
      if (this.#failures > 0 || performance.now() > until) break;
      Atomics.wait(SLEEP, 0, 0, 1);
    }
    // Another process has held the lock all this time (it was stopped). The lines matter more than their place in the chain.
    if (isLast && this.#queue.length > 0 && this.#failures === 0) this.#writeBatch({ unlinked: true });
  }

  ease(): void {}

  async close(): Promise<void> {
    if (this.#timer) clear(this.#timer);
    this.#file.close();
  }

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
    const isWritten = this.#attempt(batch, unlinked);
    this.#options.onAttempt?.();
    return isWritten;
  }

  #attempt(batch: readonly Body[], unlinked: boolean): boolean {
    const begun = performance.now();
    try {
      const written = this.#file.append(batch, { unlinked });
      const took = performance.now() - begun;
      // The first one opens the file and loads SQLite for its lock.
      const isSlow = this.#options.sparesHost && took >= SLOW && this.#written > 0;
      this.#rest = isSlow ? Math.min(LONGEST_PAUSE, took * 9) : 0;
      if (written === BUSY) {
        this.#busySince ??= performance.now();
        return false;
      }
      this.#busySince = null;
      this.#failures = 0;
      this.#failing = null;
      if (this.#options.durability === 'synced') this.#sync();
      this.#written += written.lines;
      this.#forget(written.lines);
      if (written.rotated && this.#options.compress) void this.#compress();
      return true;
    } catch (error) {
      this.#failures += 1;
      this.#failing = error instanceof Error ? error.message : String(error);
      return false;
    }
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

function clear(timer: NodeJS.Immediate | NodeJS.Timeout): void {
  clearImmediate(timer as NodeJS.Immediate);
  clearTimeout(timer as NodeJS.Timeout);
}

const SLEEP = new Int32Array(new SharedArrayBuffer(4));
const BATCH_BYTES = 64 * 1024;
const DRAIN_NOW = 256 * 1024;
const LOCK_PATIENCE = 2000; // milliseconds; a writer that holds the lock so long is stopped, not slow
const LONGEST_PAUSE = 5000;
const SLOW = 20; // milliseconds for a batch, which the page cache takes in less than one
