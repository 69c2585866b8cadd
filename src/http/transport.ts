// One attempt of one request: bytes out, status and text back. Retries, signing and meaning are decided above it.

import type { Readable } from 'node:stream';

export type Attempt = {
  method: string;
  /** Absolute, on the server that the transport was made for. */
  url: URL;
  headers: Record<string, string>;
  /** Empty for none. */
  body: string;
  timeoutMs: number;
  maxBytes: number;
  signal?: AbortSignal | undefined;
};

export type Answer = { status: number; headers: Record<string, string>; text: string };
export type OpenAnswer = { status: number; headers: Record<string, string>; body: Readable };

export type Transport = {
  /** @throws RemoteError naming what failed on the way; the signal's reason where it was aborted. */
  send(attempt: Attempt): Promise<Answer>;
  /**
   * Several that may be repeated, written at once where the way to the server allows it: each ends as with `send`, without a signal.
   * Absent in a transport that sends one by one.
   */
  sendTogether?(attempts: readonly Attempt[]): Promise<Answer>[];
  /**
   * Several that may be repeated, while the process ends: blocks for at most `timeoutMs`, and says nothing of what came of them.
   * Absent in a transport that cannot.
   */
  sendLast?(attempts: readonly Attempt[], timeoutMs: number): void;
  /** Like `send`, with the body still coming: for event streams. `timeoutMs` covers only the wait for the head. */
  open(attempt: Attempt): Promise<OpenAnswer>;
  close(): void;
};
