// When a verb that goes on ends by itself: after so many items, or after the first that fits.

import type { Option } from './action.ts';
import { filterOf } from './filter-of.ts';
import { streamOptions } from './stream-options.ts';

/** For streams of what has no positions, in which nothing can be found again. */
export const endingOptions = {
  limit: streamOptions.limit,
  exitOn: streamOptions.exitOn,
  until: { ...streamOptions.until, summary: 'End then' },
  follow: streamOptions.follow,
} as const satisfies Record<string, Option>;

export type Ending = { limit?: number | undefined; exitOn?: string | undefined };

/** @throws UsageError for a filter that is not understood, before the first item is asked for. */
export function ending<Item>(items: AsyncIterable<Item>, { limit, exitOn }: Ending): AsyncGenerator<Item> {
  return taken(items, limit ?? Number.POSITIVE_INFINITY, filterOf(exitOn, { mixed: true }));
}

async function* taken<Item>(items: AsyncIterable<Item>, limit: number, isLast: ((item: unknown) => boolean) | null) {
  let left = limit;
  for await (const item of items) {
    yield item;
    left -= 1;
    if (left <= 0 || isLast?.(item)) return;
  }
}
