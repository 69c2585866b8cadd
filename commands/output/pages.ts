// A list that is too long to hold: its pages are printed as they come.

import type { Page } from '../../src/http/api.ts';

const marked: unique symbol = Symbol('pages');
export type Pages<Item> = { readonly [marked]: true; pages: AsyncIterable<Page<Item>> };

export const pagesOf = <Item>(pages: AsyncIterable<Page<Item>>): Pages<Item> => ({ [marked]: true, pages });
export const isPages = (result: unknown): result is Pages<unknown> =>
  typeof result === 'object' && result !== null && marked in result;

/** The rows of a result that is a page; views of lists use it, because pages reach them one at a time. */
export function rowsOf<Item>(result: Page<Item> | Pages<Item>): readonly Item[] {
  return 'items' in result ? result.items : [];
}
