// What every verb that lists has in common: its options, and pages put together without holding more of them than asked for.

import { z } from 'zod';
import type { Page, PageOptions } from '../src/http/api.ts';
import type { Option } from './action.ts';
import { filterOf } from './filter-of.ts';
import { type Pages, pagesOf } from './output/pages.ts';

export const listOptions = {
  limit: {
    summary: 'List at most so many (default 50)',
    value: 'N',
    schema: z.coerce.number().int().min(1).max(100_000).default(50),
  },
  cursor: { summary: 'Go on after the page before: its nextCursor', value: 'CURSOR', schema: z.string().optional() },
  all: { summary: 'List everything, page after page', schema: z.boolean().default(false) },
  filter: {
    summary: 'Show what fits, as the / of the dashboard: status:verified trust<0.5 !test',
    value: 'TEXT',
    schema: z.string().optional(),
  },
} as const satisfies Record<string, Option>;

export type ListOptions = { limit: number; cursor?: string | undefined; all: boolean; filter?: string | undefined };

/** One page of the size asked for, or with `all` every page as it comes. */
export async function list<Item>(
  fetchPage: (options: PageOptions) => Promise<Page<Item>>,
  { limit, cursor, all, filter }: ListOptions,
  /** What a filter may ask beside the members of an item. */
  also: (item: Item) => object = () => ({}),
): Promise<Page<Item> | Pages<Item>> {
  const test = filterOf(filter);
  let tested = 0;
  const fits =
    test === null
      ? null
      : (item: Item) => {
          tested++;
          return test({ ...item, ...also(item) });
        };
  const pages = pagesFrom(fetchPage, cursor, all ? Number.POSITIVE_INFINITY : limit);
  if (all) return pagesOf(filtered(pages, fits));
  const whole: Page<Item> = { items: [], nextCursor: null, total: null };
  for await (const page of filtered(pages, fits)) {
    whole.items.push(...page.items);
    Object.assign(whole, { nextCursor: page.nextCursor, total: page.total });
  }
  if (tested === 0) listedNothing.add(whole);
  return whole;
}

/** Results for which the server had nothing that a filter could have been tried on. */
export const listedNothing = new WeakSet<object>();

async function* pagesFrom<Item>(
  fetchPage: (options: PageOptions) => Promise<Page<Item>>,
  from: string | undefined,
  atMost: number,
): AsyncGenerator<Page<Item>> {
  let cursor = from;
  for (let left = atMost; left > 0; ) {
    const page = await fetchPage({ limit: Math.min(left, LARGEST_PAGE), cursor });
    yield page;
    left -= page.items.length;
    if (page.nextCursor === null || page.nextCursor === cursor) return;
    cursor = page.nextCursor;
  }
}

const LARGEST_PAGE = 100; // what servers give at most

async function* filtered<Item>(
  pages: AsyncIterable<Page<Item>>,
  fits: ((item: Item) => boolean) | null,
): AsyncGenerator<Page<Item>> {
  for await (const page of pages) yield fits === null ? page : { ...page, items: page.items.filter(fits), total: null };
}

/** Below a table that is not the whole list: what else was asked for has to be asked for again, and only the caller knows it all. */
export function moreHint(result: unknown): string | null {
  const { nextCursor } = result as Partial<Page<unknown>>;
  return nextCursor ? `There are more: the same with --cursor ${nextCursor}, or with --all` : null;
}
