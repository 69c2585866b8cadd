// A screen made of a listing verb: its rows and columns, a key for each verb about a row, and Enter for all there is to know.

import { useCallback, useEffect, useMemo } from 'react';
import type { Action } from '../../commands/action.ts';
import { optionWords } from '../../commands/option-kind.ts';
import type { Column } from '../../commands/output/view.ts';
import { ours } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import { wrap } from '../../src/text/wrap.ts';
import { NOTHING_SELECTED } from '../actions/availability.ts';
import { editInForm } from '../actions/edit-document.ts';
import { marksFor } from '../actions/run-marked.tsx';
import { type Dashboard, useDashboard } from '../dashboard-context.ts';
import type { Binding } from '../keys/keymap.ts';
import { useKeys } from '../keys/use-keys.ts';
import { Line } from '../line.tsx';
import type { Runs } from '../paint.ts';
import type { Screen, ScreenProps } from '../screen.ts';
import { disabledNow } from '../shell/action-keys.ts';
import type { Selection } from '../shell/shell.ts';
import { useFeatures } from '../shell/use-features.ts';
import { useEachFrame, useFrame } from '../use-frame.ts';
import { ListWithDetail } from '../widgets/list-with-detail.tsx';
import { useListStore, useRows } from '../widgets/use-list.ts';
import { own, words } from '../words.ts';
import { openRow, rowDetail } from './row-detail.ts';
import { type TableRow, tableColumns } from './table-columns.ts';
import { tableStore } from './table-store.ts';
import { tableOf, tables } from './tables.ts';

export function TableView({ id, width, height }: ScreenProps) {
  const table = tableOf(id);
  const dashboard = useDashboard();
  const { registry, now, run, shell } = dashboard;
  const features = useFeatures();
  useEachFrame();
  const store = tableStore(dashboard, table);
  const { items, phase, error } = useFrame(() => store?.getState() ?? NO_STORE);
  const action = registry.find(({ id }) => id === table.list);
  const because = action ? disabledNow(dashboard, action, features) : ours('This version has no such verb');
  useEffect(() => {
    if (because) return;
    void store?.refresh();
    return store?.watch();
  }, [store, because]);
  const columns = useMemo(
    () =>
      tableColumns(
        action && 'view' in action && action.view.kind === 'table' ? (action.view.columns as readonly Column<TableRow>[]) : [],
        items,
        now,
        (key) => (action?.options[key] ? optionWords(action.options[key]) : null),
      ),
    [action, items, now],
  );
  const detail = useCallback((row: TableRow) => rowDetail(row, columns), [columns]);
  const list = useListStore(table.id);
  const rows = useRows(list, items, columns, table.idOf);
  const current = (): TableRow | undefined => items.find((row) => table.idOf(row) === list.getState().cursorId);
  const about = (verb: string) => () => {
    const row = current();
    if (list.getState().marked.size > 0 && marksFor(actionOf(verb), shell.getState().marks).length > 0) return run(verb);
    if (row)
      run(verb, { [table.subject ?? 'request']: { value: table.idOf(row), label: table.labelOf(row) } }, [table.idOf(row)]);
  };
  const actionOf = (verb: string) => registry.find(({ id }) => id === verb) as Action;
  const form = (verb: string) => () => {
    const row = current();
    const [name = ''] = Object.keys(actionOf(verb).args);
    void editInForm(dashboard, actionOf(verb), row ? { [name]: table.idOf(row) } : {});
  };
  const edited = Object.values(table.rowVerbs).find((verb) => registry.some(({ id, document }) => id === verb && document));
  useKeys(
    [
      ...(edited
        ? [{ ...verbBindings(dashboard, { E: edited }, { list: table.list, runOf: form, footer: 3 })[0], ...FORM } as Binding]
        : []),
      ...verbBindings(dashboard, table.rowVerbs, { list: table.list, runOf: about, footer: 2, lacksRow: items.length === 0 }),
      ...verbBindings(dashboard, table.verbs ?? {}, { list: table.list, runOf: (verb) => () => run(verb), footer: 4 }),
    ],
    {
      id: `table:${table.id}`,
      level: 'screen',
    },
  );
  const select = (row: TableRow): Selection | null =>
    table.subject ? { subject: table.subject, value: table.idOf(row), label: visible(table.labelOf(row), { max: 60 }) } : null;

  if (because) return <Line runs={[ours('  '), { text: words`${table.title}: ${because}.`, tone: 'warning' }]} width={width} />;
  const empty: readonly Runs[] =
    phase === 'failed'
      ? [
          [{ text: words`  The server does not give them: ${visible(error?.message ?? '', { max: 200 })}`, tone: 'bad' }],
          [{ text: ours('  r asks again.'), tone: 'muted' }],
        ]
      : phase === 'loading'
        ? [[{ text: ours('  Asking the server…'), tone: 'muted' }]]
        : table.empty.flatMap((line) => wrap(ours(line), width - 4)).map((line) => [words`  ${line}`]);
  const { show } = table;
  // Where no verb shows one of them, the row itself has more to say than its columns.
  const onOpen = (row: TableRow) => {
    if (show && registry.some(({ id }) => id === show)) about(show)();
    else openRow(dashboard, visible(table.labelOf(row), { max: 80 }), detail(row));
  };
  if (phase === 'stale' && error) shell.mention(words`${table.title}: as of before; ${visible(error.message, { max: 120 })}`);
  return (
    <ListWithDetail
      detail={detail}
      list={list}
      rows={rows}
      columns={columns}
      width={width}
      height={height}
      onOpen={onOpen}
      select={select}
      empty={empty}
    />
  );
}

function verbBindings(
  dashboard: Dashboard,
  verbs: Readonly<Record<string, string>>,
  {
    list,
    runOf,
    footer,
    lacksRow = false,
  }: { list: string; runOf(verb: string): () => void; footer: number; lacksRow?: boolean },
): Binding[] {
  return Object.entries(verbs).flatMap(([key, verb], index): Binding[] => {
    const action = dashboard.registry.find(({ id }) => id === verb);
    if (!action || Object.values(action.keys ?? {}).length > 0) return [];
    return [
      {
        id: verb,
        keys: [key],
        label: labelOf(verb, list),
        summary: visible(action.summary),
        footer: footer + index / 10,
        disabled:
          disabledNow(dashboard, { ...action, args: {} }, dashboard.state.features.getState().features) ??
          (lacksRow ? NOTHING_SELECTED : null),
        decides: action.risk === 'dangerous' || action.risk === 'named',
        run: runOf(verb),
      },
    ];
  });
}

/** What is done to the list's own things needs no noun: `delete`, but `enforcement set` on the list of policies. */
function labelOf(verb: string, list: string) {
  const [noun = verb, ...rest] = verb.split('.');
  return own((list.startsWith(`${noun}.`) ? rest : [noun, ...rest]).join(' '));
}

const FORM = { id: 'table.form', label: ours('form'), summary: ours('Edit it in a form'), decides: false };
const NO_STORE = { items: [] as readonly TableRow[], phase: 'failed' as const, error: null, fetchedAt: null };

/** Every listing as a screen. */
export const tableScreens: readonly Screen[] = tables.map(({ id, title }) => ({ id, title, Component: TableView }));
