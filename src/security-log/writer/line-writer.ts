// What takes lines for a log file and keeps them until they are in it: in a thread of its own, or, where there can be none, in the host's.

import type { SecurityEvent } from '../event.ts';
import type { LogFileOptions } from '../log-file.ts';

/**
 * What a call that returned has reached: `queued` the process, written as soon as its event loop turns; `written` the operating
 * system, so that it survives the process however that ends; `synced` the disk.
 */
export type Durability = 'queued' | 'written' | 'synced';

export type WriterOptions = LogFileOptions & {
  durability: Durability;
  compress: boolean;
  /** The private key (base64) that signs checkpoints. */
  checkpointKey: string | null;
};

/** A line without its closing brace; or the event of a checkpoint, which is signed where its place in the chain is known. */
export type Handed = string | { checkpoint: SecurityEvent };

export type LineWriter = {
  readonly written: number;
  /** Lines and bytes that were taken and are not in the file. */
  readonly waiting: { lines: number; bytes: number };
  /** Why the last attempt failed; null when it did not. */
  readonly failing: string | null;
  /** Never throws. */
  take(lines: readonly Handed[]): void;
  /** Resolves when everything taken so far is in the file, and on the disk; or when it cannot be, within `patience` milliseconds. */
  flush(patience: number): Promise<void>;
  /** The same without yielding. The last one of a process (`isLast`) writes without the chain's lock rather than not at all. */
  flushSync(patience: number, how?: { isLast: boolean }): void;
  /** A moment for the disk, when very much waits for it and it is at work. Nothing where it is not. */
  ease(): void;
  close(): Promise<void>;
};

export const sizeOfHanded = (line: Handed): number => (typeof line === 'string' ? line.length : 600);
