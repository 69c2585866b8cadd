// Runs of printable text with tones, as one string of exactly so many cells: a row is one <Text>, and colour is a few long runs.

import type { Printable } from '../src/text/brand.ts';
import { fit, headOf, widthOf } from '../src/text/width.ts';
import type { Theme, Tone } from './theme.ts';

export type Run = { text: Printable; tone?: Tone | undefined };
/** A row of a screen, before it has a width. */
export type Runs = readonly (Run | Printable)[];

export type PaintOptions = {
  /** The row under the cursor: one inverse run over everything. */
  selected?: boolean;
  /** Pushed to the right edge, kept when the left must be cut. */
  right?: Runs;
};

/** At most `width` cells, and exactly so many where the row is selected, with SGR around the runs that have a tone. */
export function paint(runs: Runs, width: number, theme: Theme, { selected = false, right = [] }: PaintOptions = {}): string {
  const ends = clip(right, width);
  const endWidth = widthOfRuns(ends);
  const starts = clip(runs, Math.max(0, width - endWidth - (endWidth > 0 ? 1 : 0)));
  const gap = ' '.repeat(Math.max(0, width - widthOfRuns(starts) - endWidth));
  if (!selected && ends.length === 0)
    return withoutEnd(starts)
      .map(({ text, tone }) => coloured(text, tone, theme))
      .join('');
  const line = [...starts, { text: gap as Printable }, ...ends];
  if (selected) return `${SGR_SELECTED}${line.map(({ text }) => text).join('')}${RESET}`;
  return line.map(({ text, tone }) => coloured(text, tone, theme)).join('');
}

/** Blank cells at the end are blank anyway; each one that Ink is given costs it time in every frame. */
function withoutEnd(runs: readonly Run[]): readonly Run[] {
  const kept = [...runs];
  for (let last = kept.at(-1); last !== undefined; last = kept.at(-1)) {
    if (last.tone === 'production' || last.tone === 'untrusted') break;
    const text = last.text.trimEnd() as Printable;
    kept.pop();
    if (text === '') continue;
    kept.push({ ...last, text });
    break;
  }
  return kept;
}

export function widthOfRuns(runs: Runs): number {
  return runs.reduce((sum, run) => sum + widthOf(textOf(run)), 0);
}

/** The text alone, for plain output and tests. */
export function plainText(runs: Runs): Printable {
  return runs.map(textOf).join('') as Printable;
}

function clip(runs: Runs, width: number): Run[] {
  const kept: Run[] = [];
  let left = width;
  for (const [index, run] of runs.entries()) {
    const text = textOf(run);
    const cells = widthOf(text);
    const isLast = index === runs.length - 1;
    if (cells <= left && (isLast || left - cells > 0 || cells === 0)) {
      kept.push(asRun(run, text));
      left -= cells;
      continue;
    }
    // Cut this one, and with it everything behind it.
    if (left > 0) {
      const rest = runs.slice(index + 1).some((later) => widthOf(textOf(later)) > 0);
      const { head, cells: headCells } = headOf(text, left - 1);
      if (cells <= left && !rest) kept.push(asRun(run, text));
      else kept.push(asRun(run, cells > left ? fit(text, left) : (`${head}${' '.repeat(left - 1 - headCells)}…` as Printable)));
    }
    break;
  }
  return kept;
}

const asRun = (run: Run | Printable, text: Printable): Run => ({ text, tone: typeof run === 'string' ? undefined : run.tone });
const textOf = (run: Run | Printable): Printable => (typeof run === 'string' ? run : run.text);

function coloured(text: Printable, tone: Tone | undefined, theme: Theme): string {
  const sgr = tone === undefined || text === '' ? '' : theme.sgr(tone);
  return sgr === '' ? text : `\u001b[${sgr}m${text}${RESET}`;
}

const RESET = '\u001b[0m';
const SGR_SELECTED = '\u001b[7m';
