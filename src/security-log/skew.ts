// How far the clock of a source is from ours, as far as lines tell that came just now: merged by time, such lines would mislead.

import type { LogItem } from './entry.ts';

/** Watches the live lines of one source. Lines are late for many reasons, so the one that is least late counts. */
export class SkewWatch {
  readonly #name: string;
  #least = Number.POSITIVE_INFINITY;
  #lines = 0;
  #said: number | null = null;

  constructor(name: string) {
    this.#name = name;
  }

  /** A notice when the clocks differ by more than two seconds, once for each such difference. */
  take(item: LogItem, now: number): LogItem | null {
    if (item.kind !== 'entry' || item.entry.time === null) return null;
    this.#least = Math.min(this.#least, now - Date.parse(item.entry.time));
    this.#lines += 1;
    const isAhead = this.#least < -ALLOWED;
    // A clock ahead shows in one line. One that is behind looks like a slow way, until nothing ever comes sooner.
    if (!isAhead && this.#lines < ENOUGH) return null;
    const seconds = Math.round(-this.#least / 1000);
    this.#least = Number.POSITIVE_INFINITY;
    this.#lines = 0;
    const isNews = this.#said === null ? Math.abs(seconds) * 1000 > ALLOWED : Math.abs(seconds - this.#said) * 1000 > ALLOWED;
    if (!isNews) return null;
    this.#said = seconds;
    const text =
      Math.abs(seconds) * 1000 <= ALLOWED
        ? `The clock of ${this.#name} agrees with this machine's again.`
        : `The clock of ${this.#name} is about ${Math.abs(seconds)} seconds ${seconds > 0 ? 'ahead of' : 'behind'} this machine's${seconds > 0 ? '' : ', or its lines come late'}: their order is not that of what happened.`;
    return { kind: 'notice', notice: 'skew', text, file: this.#name, count: Math.abs(seconds) };
  }
}

const ALLOWED = 2000; // milliseconds
const ENOUGH = 20; // lines
