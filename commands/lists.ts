// What every verb that lists has in common: its options, and pages put together without holding more of them than asked for.

import { z } from 'zod';
import { UsageError } from '../src/errors.ts';
import type { Page, PageOptions } from '../src/http/api.ts';
import { nearest } from '../src/settings/nearest.ts';
import { type FieldValue, type Filter, parseFilter } from '../src/state/filter.ts';
import type { Option } from './action.ts';
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
  const fits = test === null ? null : (item: Item) => test({ ...item, ...also(item) });
  const pages = pagesFrom(fetchPage, cursor, all ? Number.POSITIVE_INFINITY : limit);
  if (all) return pagesOf(filtered(pages, fits));
  const whole: Page<Item> = { items: [], nextCursor: null, total: null };
  for await (const page of filtered(pages, fits)) {
    whole.items.push(...page.items);
    Object.assign(whole, { nextCursor: page.nextCursor, total: page.total });
  }
  return whole;
}

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

/**
 * What a filter lets through. `mixed` items have different members each, so that a name which one lacks is no mistake.
 * @throws UsageError for a filter that is not understood, and while it tests for a member that items do not have.
 */
export function filterOf(
  text: string | undefined,
  { mixed = false }: { mixed?: boolean } = {},
): ((item: unknown) => boolean) | null {
  if (text === undefined) return null;
  const { filter, error } = parseFilter(text);
  if (error !== null) {
    throw new UsageError('filter.invalid', {
      message: `The filter term ${JSON.stringify(error.term)} ${error.message}.`,
      next: 'See: aim help filters',
      field: 'filter',
    });
  }
  return (item) => (filter as Filter).matches(filterable(item, mixed));
}

// Every member is a field, and all texts together are what plain words look through.
function filterable(item: unknown, mixed: boolean) {
  const members = typeof item === 'object' && item !== null ? (item as Record<string, unknown>) : {};
  const names = Object.keys(members);
  return {
    text: Object.values(members)
      .filter((value) => typeof value === 'string')
      .join(' '),
    get time() {
      const name = timeMembers.find((known) => typeof members[known] === 'string' || typeof members[known] === 'number');
      const time = name === undefined ? null : members[name];
      return typeof time === 'number' ? time : time === null ? null : Date.parse(String(time));
    },
    field: (asked: string): FieldValue | undefined => {
      const name = names.find((known) => known.toLowerCase() === asked || known.toLowerCase() === aliases[asked]);
      if (name === undefined && !mixed) throw unknownField(asked, names);
      const value = name === undefined ? undefined : members[name];
      const isNested = value !== null && typeof value === 'object' && !Array.isArray(value);
      return isNested ? undefined : (value as FieldValue | undefined);
    },
  };
}

/** What `since:` and `until:` look at, the first that an item has. */
const timeMembers = [
  'time',
  'timestamp',
  'at',
  'startedAt',
  'requestedAt',
  'lastActive',
  'lastUsedAt',
  'createdAt',
  'updatedAt',
];

const aliases: Record<string, string> = { trust: 'trustscore', agent: 'agentname', risk: 'risklevel', type: 'agenttype' };

function unknownField(asked: string, names: readonly string[]): UsageError {
  const meant = nearest(asked, names);
  return new UsageError('filter.unknown-field', {
    message: `There is no field ${JSON.stringify(asked)} to filter by.${meant === null ? '' : ` Did you mean ${meant}?`}`,
    next: `The fields are: ${[...names].sort().join(', ')}`,
    field: 'filter',
  });
}

/** Below a table that is not the whole list. */
export function moreHint(verb: string): (result: unknown) => string | null {
  return (result) => {
    const { nextCursor } = result as Partial<Page<unknown>>;
    return nextCursor ? `There are more: aim ${verb} --cursor ${nextCursor}, or --all` : null;
  };
}
