// Lists that come in pages, and the ways to write them.

import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Io } from '../../commands/action.ts';
import { filterOf } from '../../commands/filter-of.ts';
import type { GlobalFlags } from '../../commands/global-options.ts';
import { pagesOf, rowsOf } from '../../commands/output/pages.ts';
import { printPages } from '../../commands/output/print-pages.ts';
import { outputStyle } from '../../commands/output/style.ts';
import { tableView, type View } from '../../commands/output/view.ts';
import { asUntrusted } from '../../src/text/brand.ts';

type Item = { id: string; name: string };
const all: Item[] = ['carol', 'bob', 'yes', '\u202eevil', '- a: b', 'ada'].map((name, index) => ({ id: String(index), name }));

const view = tableView({
  rows: (result: { items: Item[] }) => rowsOf(result as never) as readonly Item[],
  columns: [
    { key: 'name', title: 'Name', value: ({ name }: Item) => asUntrusted(name) },
    { key: 'id', title: 'Id', value: ({ id }: Item) => asUntrusted(id) },
  ],
  empty: 'None.',
}) as View<unknown>;

/** Three pages of two, and what is printed of them. */
async function printed(flags: Partial<GlobalFlags>, items = all): Promise<string> {
  async function* pages() {
    for (let at = 0; at < Math.max(items.length, 1); at += 2)
      yield { items: items.slice(at, at + 2), nextCursor: at + 2 < items.length ? String(at + 2) : null, total: items.length };
  }
  const stdout = new PassThrough();
  let text = '';
  stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const io = { stdout, env: {} } as unknown as Io;
  await printPages(pagesOf(pages()), view, outputStyle(flags as GlobalFlags, null, io), io);
  return text;
}

describe('a list of several pages is printed as one', () => {
  test('as JSON', async () =>
    expect(JSON.parse(await printed({ json: '' }))).toEqual({ items: all, nextCursor: null, total: 6 }));
  test('as YAML, whatever texts there are', async () =>
    expect(parse(await printed({ output: 'yaml' }))).toEqual({ items: all, nextCursor: null, total: 6 }));
  test('as YAML, also with nothing in it', async () =>
    expect(parse(await printed({ output: 'yaml' }, []))).toEqual({ items: [], nextCursor: null, total: 0 }));
  test('for jq', async () => expect((await printed({ jq: '.items | length' })).trim()).toBe('6'));
  test('for a template', async () => expect(await printed({ template: '{{id}}' })).toBe('0\n1\n2\n3\n4\n5\n'));
  test('in the order that was asked for', async () =>
    expect((await printed({ output: 'csv', sort: 'name', headers: false })).match(/\d$/gm)).toEqual([
      '4',
      '5',
      '1',
      '0',
      '3',
      '2',
    ]));
  test('with one line of titles', async () => expect((await printed({ output: 'csv' })).match(/name,id/g)).toHaveLength(1));
});

describe('one of two ways to write an answer', () => {
  test.each<[Partial<GlobalFlags>]>([
    [{ jq: '.', output: 'csv' }],
    [{ jq: '.', template: 'x' }],
    [{ template: 'x', output: 'yaml' }],
  ])('%o is refused', async (flags) => expect(printed(flags)).rejects.toMatchObject({ code: 'output.two-ways', exitCode: 2 }));
});

test('a filter looks at each item by itself', () => {
  const fits = filterOf('name:ada') as (item: unknown) => boolean;
  expect(all.filter(fits).map(({ name }) => name)).toEqual(['ada']);
  expect(() => filterOf('nmae:ada')?.(all[0])).toThrow('Did you mean name?');
});

test('a terminal that does not know its width counts as one of 80 columns', () => {
  const io = { stdout: { isTTY: true, columns: 0 }, env: {} } as unknown as Io;
  expect(outputStyle({} as GlobalFlags, null, io).width).toBe(80);
});
