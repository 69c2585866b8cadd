// Prints a list page by page, in the same shape as if it had been held whole.

import { once } from 'node:events';
import type { Page } from '../../src/http/api.ts';
import { terminalJson } from '../../src/text/json.ts';
import type { Io } from '../action.ts';
import type { Pages } from './pages.ts';
import { render } from './render.ts';
import type { OutputStyle } from './style.ts';
import { select } from './value.ts';
import type { View } from './view.ts';

export async function printPages({ pages }: Pages<unknown>, view: View<unknown>, style: OutputStyle, io: Io): Promise<void> {
  const write = async (text: string) => {
    if (text !== '' && !io.stdout.write(text)) await once(io.stdout, 'drain');
  };
  // What looks at the whole, or orders it, has to have it.
  if (style.jq !== null || style.sort !== null) return write(await render(await wholeOf(pages), view, style));
  const isDocument = style.template === null && style.format === 'json';
  if (isDocument) return printAsOneDocument(pages, style, write);
  if (style.format === 'yaml') return printAsYaml(pages, style, write);
  let isFirst = true;
  for await (const page of pages) {
    if (page.items.length === 0 && !isFirst) continue;
    await write(await render(page, view, { ...style, headers: style.headers && isFirst }));
    isFirst = false;
  }
}

async function wholeOf(pages: AsyncIterable<Page<unknown>>): Promise<Page<unknown>> {
  const whole: Page<unknown> = { items: [], nextCursor: null, total: null };
  for await (const page of pages) whole.items.push(...page.items);
  return { ...whole, total: whole.items.length };
}

// One sequence, page after page, and not a document for each.
async function printAsYaml(
  pages: AsyncIterable<Page<unknown>>,
  style: OutputStyle,
  write: (text: string) => Promise<void>,
): Promise<void> {
  const { terminalYamlItems } = await import('./yaml.ts');
  let total = 0;
  for await (const page of pages) {
    const { items } = (style.fields === null ? page : select(page, style.fields)) as Page<unknown>;
    if (items.length > 0) await write(`${total === 0 ? 'items:\n' : ''}${terminalYamlItems(items)}`);
    total += items.length;
  }
  await write(`${total === 0 ? 'items: []\n' : ''}nextCursor: null\ntotal: ${total}\n`);
}

async function printAsOneDocument(
  pages: AsyncIterable<Page<unknown>>,
  style: OutputStyle,
  write: (text: string) => Promise<void>,
): Promise<void> {
  let total = 0;
  await write('{"items":[');
  for await (const page of pages) {
    const { items } = (style.fields === null ? page : select(page, style.fields)) as Page<unknown>;
    const separated = items.map((item, index) => `${total + index === 0 ? '' : ','}\n${terminalJson(item)}`);
    total += items.length;
    await write(separated.join(''));
  }
  await write(`\n],"nextCursor":null,"total":${total}}\n`);
}
