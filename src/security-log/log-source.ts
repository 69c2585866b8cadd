// Something that gives lines as a log does: what was there, oldest first, and then what comes.

import type { LogItem } from './entry.ts';

export type Batches = AsyncGenerator<Iterable<LogItem>>;

export type LogSource = {
  /** As people name it: `events`, `ssh://box/var/log/aim/security.log`. */
  name: string;
  backlog(count: number, signal: AbortSignal): Batches;
  /** Whatever comes after the backlog, until the signal. What fails is said as a notice, and tried again. */
  live(signal: AbortSignal): Batches;
};

export const sourceNotice = (name: string, text: string): LogItem => ({
  kind: 'notice',
  notice: 'missing',
  text,
  file: name,
  count: null,
});
