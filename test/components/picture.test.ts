// The picture of a screen: every word where its cells are, whatever letters stand before it.

import xterm from '@xterm/headless';
import { expect, test } from 'vitest';
import { svgOf } from '../../components/headless/svg.ts';

const CELL = 8.4;

test.each<[title: string, text: string, cells: number]>([
  ['plain letters', 'abc  end', 5],
  ['accents that take no cell', 'a\u0301b\u0302c\u0300\u0301  end', 5],
  ['wide letters', '漢字  end', 6],
  ['a colour in between', '\u001b[31mab\u001b[0mc  end', 5],
])('puts what stands behind %s where it is', async (_, text, cells) => {
  const terminal = new xterm.Terminal({ cols: 40, rows: 1, allowProposedApi: true });
  await new Promise<void>((resolve) => terminal.write(text, resolve));
  const [, x] = /<text x="([\d.]+)"[^>]*>end</.exec(svgOf(terminal, 'a row')) ?? [];
  expect(Number(x)).toBeCloseTo(cells * CELL, 1);
});
