// What holds for every frame of every screen, whatever it shows.

import xterm from '@xterm/headless';
import { rowsOf } from '../../components/headless/virtual-terminal.ts';

export type Evidence = {
  /** The screen as it came about, change by change. */
  before: string[];
  /** The bytes of one full drawing of the same. */
  frame: string;
  columns: number;
  height: number;
  raw: string;
  lateWrites: number;
};

/** Sentences for what does not hold; none where all does. */
export async function breaches({ before, frame, columns, height, raw, lateWrites }: Evidence): Promise<string[]> {
  const found: string[] = [];
  // In a terminal that wraps, a row that is too wide or a frame that is too high shows.
  const full = await drawn(frame.replaceAll('\u001b[?7l', ''), columns, height);
  const differs = before.findIndex((row, index) => row !== full[index]);
  if (differs !== -1)
    found.push(`Row ${differs} is another one when all is drawn anew:\n  ${before[differs]}\n  ${full[differs]}`);
  const drawing = frame.slice(frame.lastIndexOf('\u001b[H'));
  const furthest = Math.max(...[...drawing.matchAll(/\u001b\[(\d+)(?:;\d+)?H/g)].map(([, row]) => Number(row)), 1);
  const rows = Math.max(drawing.split('\n').length, furthest);
  if (rows > height) found.push(`The frame has ${rows} rows in a terminal of ${height}.`);
  const foreign = raw.replace(ALLOWED, '').match(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f][^\n]{0,20}/);
  if (foreign) found.push(`The terminal got a sequence that nobody allowed: ${JSON.stringify(foreign[0])}`);
  if (lateWrites > 0) found.push(`There were ${lateWrites} writes after the end.`);
  return found;
}

/**
 * Everything that may be written: modes of ours, cursor moves and erasures, colours, synchronised output, our clipboard. Not the
 * sequences for the next and the last line (E, F), which mosh does not know.
 */
const ALLOWED =
  /\u001b\[(?:\?(?:7|25|1000|1004|1006|1049|2004|2026)[hl]|[0-9;]*[mABCDGHJK]|[<>]\d*u)|\u001b\]52;c;[A-Za-z0-9+/=]*\u0007/g;

async function drawn(bytes: string, columns: number, height: number): Promise<string[]> {
  const emulator = new xterm.Terminal({ cols: columns, rows: height, allowProposedApi: true, scrollback: 0, convertEol: true });
  await new Promise<void>((resolve) => emulator.write(bytes, resolve));
  return rowsOf(emulator);
}
