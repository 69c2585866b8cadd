// Pages by cursor over servers that page by offset, by page number, or not at all and send the whole list.

import { UsageError } from '../errors.ts';
import type { Page, PageOptions } from './api.ts';

export type Offset = { limit: number; offset: number };

/** What to ask for. @throws UsageError for a limit outside 1 to 100, or a cursor that we did not make. */
export function offsetOf({ limit = 50, cursor }: PageOptions = {}): Offset {
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) {
    throw new UsageError('page.limit', { message: `A page holds 1 to 100 items, not ${limit}.`, field: 'limit' });
  }
  if (cursor === undefined) return { limit, offset: 0 };
  const offset = /^o(\d{1,9})$/.exec(cursor)?.[1];
  if (offset === undefined) {
    throw new UsageError('page.cursor', { message: 'The cursor is not one that a page before answered.', field: 'cursor' });
  }
  return { limit, offset: Number(offset) };
}

export type Received<Item> = {
  items: Item[];
  total?: number | null | undefined;
  /** The server's own cursor, where it has one. */
  nextCursor?: string | null | undefined;
};

/**
 * A page from what came. More items than were asked for mean that the server does not page: the list is whole, and cut here.
 * Without a count, a full page is followed by another question.
 */
export function pageOf<Item>({ limit, offset }: Offset, received: Received<Item>): Page<Item> {
  const { items, nextCursor } = received;
  if (items.length > limit) {
    const end = offset + limit;
    return { items: items.slice(offset, end), nextCursor: end < items.length ? `o${end}` : null, total: items.length };
  }
  const end = offset + items.length;
  const total = received.total !== undefined && received.total !== null && received.total >= end ? received.total : null;
  if (nextCursor !== undefined) return { items, nextCursor, total };
  const more = total === null ? items.length === limit : end < total;
  return { items, nextCursor: more ? `o${end}` : null, total };
}

/** Every item, page after page. */
export async function* allItems<Item>(
  list: (options: PageOptions) => Promise<Page<Item>>,
  options: PageOptions = {},
): AsyncGenerator<Item, void, void> {
  let cursor = options.cursor;
  for (;;) {
    const page = await list({ ...options, limit: options.limit ?? 100, cursor });
    yield* page.items;
    if (page.nextCursor === null || page.nextCursor === cursor) return;
    cursor = page.nextCursor;
  }
}
