// What a verb answered, as the command line would print it, in lines of the width that there is.

import { render } from '../../commands/output/render.ts';
import type { OutputStyle } from '../../commands/output/style.ts';
import type { View } from '../../commands/output/view.ts';
import type { Printable } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';

/** None where it has nothing to say. */
export async function resultLines(
  result: unknown,
  view: View<never>,
  style: Pick<OutputStyle, 'width'> & Partial<OutputStyle>,
): Promise<Printable[]> {
  const text = await render(result, view, { ...STYLE, ...style });
  if (text === '') return [];
  return text
    .trimEnd()
    .split('\n')
    .map((line) => visible(line));
}

const same = (text: string): string => text;
const STYLE: Omit<OutputStyle, 'width'> = {
  format: 'table',
  fields: null,
  jq: null,
  template: null,
  columns: null,
  sort: null,
  headers: true,
  truncate: true,
  quiet: false,
  isTerminal: true,
  bold: same,
  dim: same,
};
