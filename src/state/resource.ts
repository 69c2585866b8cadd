// A list that is fetched once, kept by the stream, and fetched again when the stream lost something.

import { createStore, type StoreApi } from 'zustand/vanilla';

export type Resource<Item> = {
  items: readonly Item[];
  /** `stale` is shown as what was known last, with since when. */
  phase: 'loading' | 'ready' | 'stale' | 'failed';
  /** What went wrong with the last try. */
  error: Error | null;
  fetchedAt: number | null;
};

export type ResourceStore<Item> = StoreApi<Resource<Item>> & {
  /** Fetches all of it. Concurrent calls share one fetch; a call during it makes one more after it. */
  refresh(): Promise<void>;
  /** What the stream said of one item: added where it is new. */
  put(item: Item): void;
  remove(id: string): void;
};

export type ResourceOptions<Item> = {
  fetch(): Promise<readonly Item[]>;
  idOf(item: Item): string;
  changed(): void;
  now?: () => number;
};

export function createResource<Item>({ fetch, idOf, changed, now = Date.now }: ResourceOptions<Item>): ResourceStore<Item> {
  const store = createStore<Resource<Item>>(() => ({ items: [], phase: 'loading', error: null, fetchedAt: null }));
  store.subscribe(changed);
  let running: Promise<void> | null = null;
  let isWantedAgain = false;
  let touched = new Map<string, Item | null>();

  const fetchAll = async () => {
    touched = new Map();
    try {
      const fetched = await fetch();
      // What the stream said while the pages came is newer than the pages.
      const items = fetched.map((item) => touched.get(idOf(item)) ?? item).filter((item) => touched.get(idOf(item)) !== null);
      const known = new Set(items.map(idOf));
      const added = [...touched.values()].filter(
        (item): item is NonNullable<typeof item> => item !== null && !known.has(idOf(item)),
      );
      store.setState({ items: [...items, ...added], phase: 'ready', error: null, fetchedAt: now() });
    } catch (error) {
      const phase = store.getState().fetchedAt === null ? 'failed' : 'stale';
      store.setState({ phase, error: error instanceof Error ? error : new Error(String(error)) });
    }
  };
  const refresh = async (): Promise<void> => {
    if (running) {
      isWantedAgain = true;
      return running;
    }
    running = fetchAll();
    await running;
    running = null;
    if (isWantedAgain) {
      isWantedAgain = false;
      await refresh();
    }
  };

  return {
    ...store,
    refresh,
    put(item) {
      const id = idOf(item);
      touched.set(id, item);
      store.setState(({ items }) => {
        const at = items.findIndex((candidate) => idOf(candidate) === id);
        return { items: at === -1 ? [...items, item] : items.with(at, item) };
      });
    },
    remove(id) {
      touched.set(id, null);
      store.setState(({ items }) => ({ items: items.filter((item) => idOf(item) !== id) }));
    },
  };
}

/** All pages of a list, up to a limit that no screen needs more than. */
export async function everyPage<Item>(
  page: (cursor: string | undefined) => Promise<{ items: Item[]; nextCursor: string | null }>,
  most = 20_000,
): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | undefined;
  do {
    const answer = await page(cursor);
    items.push(...answer.items);
    cursor = answer.nextCursor ?? undefined;
  } while (cursor !== undefined && items.length < most);
  return items;
}
