// Lists that are fetched and kept by the stream: neither overwrites what is newer.

import { describe, expect, test } from 'vitest';
import { createResource, everyPage } from '../../src/state/resource.ts';

type Item = { id: string; name: string };
const idOf = ({ id }: Item) => id;

describe('a resource', () => {
  test('keeps what the stream said while the pages were on their way', async () => {
    const answer = Promise.withResolvers<Item[]>();
    const resource = createResource({ fetch: () => answer.promise, idOf, changed() {} });
    const refreshed = resource.refresh();
    resource.put({ id: 'a', name: 'newer' });
    resource.put({ id: 'c', name: 'new' });
    resource.remove('b');
    answer.resolve([
      { id: 'a', name: 'older' },
      { id: 'b', name: 'gone' },
    ]);
    await refreshed;
    expect(resource.getState().items).toEqual([
      { id: 'a', name: 'newer' },
      { id: 'c', name: 'new' },
    ]);
  });

  test('asks once more when it was asked during a fetch', async () => {
    let fetches = 0;
    const resource = createResource<Item>({
      fetch: async () => {
        fetches++;
        return [];
      },
      idOf,
      changed() {},
    });
    await Promise.all([resource.refresh(), resource.refresh(), resource.refresh()]);
    expect(fetches).toBe(2);
  });

  test('is stale, with what it knew, when a later fetch fails', async () => {
    let isDown = false;
    const fetch = async () => {
      if (isDown) throw new Error('no route');
      return [{ id: 'a', name: 'one' }];
    };
    const resource = createResource({ fetch, idOf, changed() {} });
    await resource.refresh();
    isDown = true;
    await resource.refresh();
    expect(resource.getState()).toMatchObject({ phase: 'stale', items: [{ id: 'a' }], error: { message: 'no route' } });
  });

  test('has failed when it never knew anything', async () => {
    const resource = createResource<Item>({ fetch: () => Promise.reject(new Error('no route')), idOf, changed() {} });
    await resource.refresh();
    expect(resource.getState().phase).toBe('failed');
  });
});

test('every page is followed to the last', async () => {
  const pages: Record<string, { items: number[]; nextCursor: string | null }> = {
    start: { items: [1, 2], nextCursor: 'more' },
    more: { items: [3], nextCursor: null },
  };
  expect(await everyPage(async (cursor) => pages[cursor ?? 'start'] ?? { items: [], nextCursor: null })).toEqual([1, 2, 3]);
});
