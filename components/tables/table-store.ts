// What a listing verb answered, kept while the dashboard is open and, while somebody looks, fetched again when it may have changed.

import type { Action } from '../../commands/action.ts';
import { isPages } from '../../commands/output/pages.ts';
import { createResource, type ResourceStore } from '../../src/state/resource.ts';
import type { StreamType } from '../../src/wire/event.ts';
import { execute } from '../actions/execute.ts';
import type { Dashboard } from '../dashboard-context.ts';
import type { TableRow } from './table-columns.ts';

export type TableSource = {
  list: string;
  options: Readonly<Record<string, unknown>>;
  idOf(row: TableRow): string;
  changes: readonly StreamType[];
};

/** `watch` keeps it up to date until what it returns is called; a list that nobody looks at asks for nothing. */
export type TableStore = ResourceStore<TableRow> & { watch(): () => void };

/** One per listing, made at first use. Null where this version has no such verb. */
export function tableStore(dashboard: Dashboard, source: TableSource): TableStore | null {
  const { shell, registry, state, clock, context, now } = dashboard;
  const action = registry.find(({ id }) => id === source.list);
  if (!action) return null;
  return shell.memory(`table:${source.list}`, () => {
    const store = createResource<TableRow>({
      fetch: () => rowsOf(action, source, context),
      idOf: source.idOf,
      changed: () => clock.changed(),
      now,
    });
    let watchers = 0;
    state.onRefresh(() => void (watchers > 0 && store.refresh()));
    state.onItem((item) => {
      if (watchers > 0 && item.kind === 'event' && source.changes.includes(item.event.type)) soon(store);
    });
    const watch = () => {
      watchers += 1;
      return () => {
        watchers -= 1;
      };
    };
    return { ...store, watch };
  });
}

async function rowsOf(action: Action, { options }: TableSource, context: Dashboard['context']): Promise<readonly TableRow[]> {
  const result = await execute({ action, args: {}, options }, context);
  if (!('view' in action) || action.view.kind !== 'table') return [];
  if (!isPages(result)) return action.view.rows(result) as readonly TableRow[];
  const rows: TableRow[] = [];
  for await (const page of result.pages) rows.push(...(page.items as TableRow[]));
  return rows;
}

const due = new WeakMap<ResourceStore<TableRow>, NodeJS.Timeout>();

/** A burst of events asks once. */
function soon(store: ResourceStore<TableRow>): void {
  if (due.has(store)) return;
  const timer = setTimeout(() => {
    due.delete(store);
    void store.refresh();
  }, 500);
  timer.unref();
  due.set(store, timer);
}
