// Draws rows: each is a string that says all of itself, so a frame is the rows that differ from the last one, from where they differ.

import type { Printable } from '../../src/text/brand.ts';
import { widthOf } from '../../src/text/width.ts';

export type Painter = {
  /** The next frame. Drawn at once, or when the terminal has taken the last one: then the latest is drawn, and those between are not. */
  draw(rows: readonly string[]): void;
  /** The terminal shows something else now (resized, suspended): the next frame is drawn whole. */
  forget(): void;
  /** Nothing is drawn any more. */
  stop(): void;
  readonly drawn: Drawn;
};

/** What was drawn so far, for those who measure. */
export type Drawn = { frames: number; bytes: number; skipped: number };

export type PainterStream = Pick<NodeJS.WriteStream, 'write' | 'writableNeedDrain' | 'once'>;

export function createPainter(stdout: PainterStream): Painter {
  const drawn: Drawn = { frames: 0, bytes: 0, skipped: 0 };
  let shown: readonly string[] | null = null;
  let waiting: readonly string[] | null = null;
  let isStopped = false;

  const write = (rows: readonly string[]) => {
    const body = shown === null || shown.length !== rows.length ? whole(rows) : changes(shown, rows);
    shown = rows;
    if (body === '') return;
    const frame = BEGIN + body + END;
    drawn.frames++;
    drawn.bytes += Buffer.byteLength(frame);
    stdout.write(frame);
  };

  return {
    draw(rows) {
      if (isStopped) return;
      if (waiting !== null) {
        waiting = rows;
        drawn.skipped++;
        return;
      }
      if (!stdout.writableNeedDrain) {
        write(rows);
        return;
      }
      waiting = rows;
      stdout.once('drain', () => {
        const latest = waiting;
        waiting = null;
        if (latest !== null && !isStopped) write(latest);
      });
    },
    forget() {
      shown = null;
    },
    stop() {
      isStopped = true;
    },
    drawn,
  };
}

// Synchronised output (DEC mode 2026): terminals that know it show a frame whole; the others ignore it.
const BEGIN = '\u001b[?2026h';
const END = '\u001b[?2026l';

/**
 * Every row is erased before it is written: erasing behind a full row would take its last cell. Each is gone to by its number: mosh does
 * not know the sequence for the next line (CNL, mosh 1.4).
 */
function whole(rows: readonly string[]): string {
  return rows.map((row, index) => `\u001b[${index === 0 ? '' : index + 1}H\u001b[K${row}`).join('');
}

function changes(before: readonly string[], after: readonly string[]): string {
  let out = '';
  for (let row = 0; row < after.length; row++) {
    const now = after[row] ?? '';
    const was = before[row] ?? '';
    if (now === was) continue;
    const { length, cells } = sameBeginning(was, now);
    out += `\u001b[${row + 1}${cells === 0 ? '' : `;${cells + 1}`}H`;
    const end = sameEnd(was, now, length);
    out += end === 0 ? `\u001b[K${now.slice(length)}` : now.slice(length, -end);
  }
  return out;
}

/** How much of the end can stay where it is: what is between is as wide as it was, and no colour goes over into it. */
export function sameEnd(before: string, after: string, from: number): number {
  const most = Math.min(before.length, after.length) - from;
  let length = 0;
  while (length < most && before.charCodeAt(before.length - 1 - length) === after.charCodeAt(after.length - 1 - length))
    length++;
  const begin = plainPlace(after, from, after.length - length);
  const end = after.length - begin;
  const place = before.length - end;
  if (end < WORTH || plainPlace(before, from, place) !== place) return 0;
  const was = cellsOf(before.slice(from, place));
  return was !== null && was === cellsOf(after.slice(from, begin)) ? end : 0;
}

/** The first place at or behind `least` where no colour is on and letters on both sides cannot join. `from` is one itself. */
function plainPlace(text: string, from: number, least: number): number {
  let isPlain = true;
  for (let index = from; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (index >= least && isPlain && isLetter(unit) && (index === from || isLetter(text.charCodeAt(index - 1)))) return index;
    if (unit !== ESCAPE) continue;
    const close = text.indexOf('m', index);
    if (close === -1) return text.length;
    isPlain = text.slice(index, close + 1) === RESET;
    index = close;
  }
  return text.length;
}

/**
 * How much of the beginning two rows share that can stay as it is: up to a place outside of any colour, between two letters that cannot
 * join, because a terminal that is put there must begin with nothing of what was before.
 */
export function sameBeginning(before: string, after: string): { length: number; cells: number } {
  const most = Math.min(before.length, after.length);
  let at = 0;
  while (at < most && before.charCodeAt(at) === after.charCodeAt(at)) at++;
  if (at < WORTH) return NOTHING;
  let end = 0;
  let isPlain = true;
  // The last place before the difference where no colour is on.
  for (let index = 0; index < at; index++) {
    const unit = after.charCodeAt(index);
    if (unit === ESCAPE) {
      if (isPlain) end = index;
      const close = after.indexOf('m', index);
      if (close === -1 || close >= at) break;
      isPlain = after.slice(index, close + 1) === RESET;
      index = close;
    } else if (isPlain && isLetter(unit) && isLetter(after.charCodeAt(index - 1))) end = index;
  }
  // What follows must not join what stays, in neither of the two.
  if (joins(after.charCodeAt(end)) || joins(before.charCodeAt(end))) return NOTHING;
  const cells = cellsOf(after.slice(0, end));
  return end < WORTH || cells === null ? NOTHING : { length: end, cells };
}

/**
 * Null where terminals disagree: an emoji of several parts, a flag or a wide letter takes more cells in one than in the next, and what
 * stands behind it is elsewhere than we believe. Such a row is drawn from its beginning to its end.
 */
function cellsOf(part: string): number | null {
  const text = part.replace(SGR, '');
  return DISPUTED.test(text) ? null : widthOf(text as Printable);
}

// All but Latin letters, and the signs of one cell that we draw with ourselves.
const DISPUTED =
  /[^\x20-\x7e\u00a1-\u00ac\u00ae-\u024f\u2013-\u2026\u203a\u207a\u2190-\u2193\u2205\u2248\u23ce\u2400-\u2426\u2500-\u25cf\u25d0\u25f7\u2713\u2717\u27e8\u27e9]/;

const NOTHING = { length: 0, cells: 0 };
const WORTH = 8; // the longer cursor move costs a few bytes itself
const ESCAPE = 0x1b;
const RESET = '\u001b[0m';
const SGR = /\u001b\[[0-9;]*m/g;
const isLetter = (unit: number): boolean => unit >= 0x20 && unit < 0x7f;
const joins = (unit: number): boolean => unit > 0x7e;
