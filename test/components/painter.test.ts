// Drawing what differs shows the same as drawing everything, whatever the rows were and are.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createVirtualTerminal } from '../../components/headless/virtual-terminal.ts';
import { createPainter } from '../../components/terminal/painter.ts';

const COLUMNS = 30;

/** Rows as paint() makes them: runs of printable text, some in a colour, each ended. */
// The last ones take more cells in this emulator than in a newer terminal, and fewer in an older one.
const word = fc.constantFrom(
  'a',
  'agent',
  'billing-bot',
  '  ',
  '12',
  'é',
  '漢字',
  '✓',
  '●',
  '…',
  'x'.repeat(9),
  'e\u0301',
  '👨‍👩‍👧',
  '✊🏽',
  '☺️',
  '🇳🇱',
);
const run = fc
  .tuple(word, fc.constantFrom('', '1', '7', '38;5;114', '1;38;5;80'))
  .map(([text, sgr]) => (sgr ? `\u001b[${sgr}m${text}\u001b[0m` : text));
const row = fc.array(run, { maxLength: 5 }).map((runs) => runs.join(''));
const screen = fc.array(row, { minLength: 3, maxLength: 3 });

async function shown(frames: readonly (readonly string[])[]): Promise<string> {
  const terminal = createVirtualTerminal(COLUMNS, 3);
  terminal.stdout.write('\u001b[?7l');
  const painter = createPainter(terminal.stdout);
  for (const frame of frames) painter.draw(frame);
  await terminal.drained();
  const cells: string[] = [];
  for (let line = 0; line < 3; line++) {
    for (let column = 0; column < COLUMNS; column++) {
      const cell = terminal.emulator.buffer.active.getLine(line)?.getCell(column);
      cells.push(`${cell?.getChars() || ' '}${cell?.isInverse()}${cell?.isBold()}${cell?.getFgColor()}`);
    }
  }
  terminal.emulator.dispose();
  return cells.join('|');
}

describe('the painter', () => {
  test('shows after any changes what drawing the last frame alone shows', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(screen, { minLength: 2, maxLength: 4 }), async (frames) => {
        expect(await shown(frames)).toBe(await shown([frames.at(-1) ?? []]));
      }),
      { numRuns: 300 },
    );
  });

  test('writes only what differs, and nothing where nothing does', async () => {
    const terminal = createVirtualTerminal(COLUMNS, 3);
    const painter = createPainter(terminal.stdout);
    painter.draw(['agents and more', 'count 12 of 500', '']);
    const before = painter.drawn.bytes;
    painter.draw(['agents and more', 'count 12 of 500', '']);
    expect(painter.drawn.bytes).toBe(before);
    painter.draw(['agents and more', 'count 13 of 500', '']);
    expect(painter.drawn.bytes - before).toBeLessThan(40);
    expect(painter.drawn.frames).toBe(2);
  });

  test('leaves out frames while the terminal takes nothing, and then draws the latest', () => {
    const written: string[] = [];
    let drain = () => {};
    const slow = {
      writableNeedDrain: true,
      write: (text: string) => written.push(text) > 0,
      once: (_: string, listener: () => void) => {
        drain = listener;
      },
    };
    const painter = createPainter(slow as never);
    for (const text of ['one', 'two', 'three']) painter.draw([text]);
    expect(written).toEqual([]);
    slow.writableNeedDrain = false;
    drain();
    expect(written.join('')).toContain('three');
    expect(written.join('')).not.toContain('two');
    expect(painter.drawn).toMatchObject({ frames: 1, skipped: 2 });
  });
});
