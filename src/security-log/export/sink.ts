// What takes exported lines, and the two ways in which it may not: not now, and never.

import type { LogEntry } from '../entry.ts';
import type { ExportFormat } from './formats.ts';

/** A sink that resolves has handed the lines over. */
export type Sink = {
  /**
   * Rejects when they have to be sent again; with a `RefusedError` when they never will be taken. Words, where the receiver took the
   * batch and says that it dropped some of it: OTLP forbids to send those again, and does not tell which they are.
   */
  send(entries: readonly LogEntry[]): Promise<string | undefined>;
  close(): Promise<void>;
};

export type SinkOptions = {
  format: ExportFormat;
  headers?: Readonly<Record<string, string>>;
  /** PEM of the authority that a TLS receiver's certificate must come from; without it, those of the system. */
  ca?: string | undefined;
  stdout: NodeJS.WritableStream;
};

/** The receiver will not take these lines, however often they are sent. */
export class RefusedError extends Error {}

/** The receiver wants to be left alone for so many milliseconds. */
export class RetryLater extends Error {
  readonly pause: number | null;

  constructor(message: string, pause: number | null) {
    super(message);
    this.pause = pause;
  }
}
