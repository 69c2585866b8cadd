// The last line of a list: how much of it is shown, what is new, and the filter while it is typed.

import type { Rows } from '../../src/state/list.ts';
import { editKey, insert, type TextEdit, textEdit } from '../../src/state/text-edit.ts';
import type { Printable } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import { useDashboard } from '../dashboard-context.ts';
import type { Binding } from '../keys/keymap.ts';
import { useKeys } from '../keys/use-keys.ts';
import { useLatestState } from '../keys/use-latest-state.ts';
import { Line } from '../line.tsx';
import type { Run } from '../paint.ts';
import { words } from '../words.ts';
import { fieldText } from './text-field.ts';
import { type ListStore, useListState } from './use-list.ts';

export type FilterLineProps<Row> = {
  list: ListStore;
  rows: Rows<Row>;
  error: string | null;
  index: number;
  width: number;
  follows: boolean;
  active: boolean;
};

export function FilterLine<Row>({ list, rows, error, index, width, follows, active }: FilterLineProps<Row>) {
  const { theme } = useDashboard();
  const state = useListState(list);
  const isTyping = state.filterBefore !== null;
  const shown = rows.length === rows.total ? words`${rows.total}` : words`${rows.length} of ${rows.total}`;
  const right: Run[] = [{ text: rows.length === 0 ? words`0 of ${rows.total}` : words`${index + 1}/${shown}`, tone: 'muted' }];
  if (state.marked.size > 0) right.unshift({ text: words`${state.marked.size} marked  `, tone: 'accent' });
  if (isTyping && active) return <FilterInput list={list} width={width} error={error} right={right} />;
  const left: Run[] = [];
  if (state.filter !== '') left.push({ text: words`/${visible(state.filter)} `, tone: 'accent' });
  if (error) left.push({ text: visible(error), tone: 'warning' });
  if (follows) left.push(followState(state, rows, theme.ascii));
  return <Line runs={left} right={right} width={width} />;
}

function followState<Row>(
  state: { pausedAt: number | null; leftAt: number | null; isFollowing: boolean },
  rows: Rows<Row>,
  ascii: boolean,
): Run {
  const since = state.pausedAt ?? state.leftAt;
  const fresh = since === null ? 0 : Math.max(0, rows.total - since);
  if (state.pausedAt !== null)
    return { text: words`${ascii ? own('||') : own('||')} paused, ${fresh} new (p goes on)`, tone: 'warning' };
  if (state.isFollowing) return { text: 'following' as Printable, tone: 'muted' };
  return fresh > 0
    ? { text: words`${fresh} new (G shows)`, tone: 'accent' }
    : { text: 'not following (G follows)' as Printable, tone: 'muted' };
}

const own = (text: string): Printable => text as Printable;

type FilterInputProps = { list: ListStore; width: number; error: string | null; right: Run[] };

function FilterInput({ list, width, error, right }: FilterInputProps) {
  const { theme } = useDashboard();
  const edit = useLatestState(() => textEdit(list.getState().filter));
  const change = (next: TextEdit) => {
    edit.set(next);
    list.setState({ filter: next.text });
  };
  const end = (keep: boolean) => () =>
    list.setState(({ filter, filterBefore }) => ({ filter: keep ? filter : (filterBefore ?? ''), filterBefore: null }));
  const bindings: Binding[] = [
    { id: 'filter.keep', keys: ['enter'], label: own('keep'), summary: own('Keep the filter'), footer: 1, run: end(true) },
    {
      id: 'filter.cancel',
      keys: ['esc', 'ctrl-c'],
      label: own('cancel'),
      summary: own('Go back to the filter before'),
      footer: 2,
      run: end(false),
    },
  ];
  useKeys(bindings, {
    id: `filter:${list.name}`,
    level: 'overlay',
    modal: true,
    type: (key) => {
      const next = editKey(edit.latest(), key);
      if (next) change(next);
      return next !== null;
    },
    paste: (text) => change(insert(edit.latest(), text.replace(/\s+/g, ' '))),
  });
  const runs: Run[] = [
    { text: own('/'), tone: 'accent' },
    { text: fieldText(edit.value, Math.max(10, width - 30), theme.ascii ? '_' : '▏') },
  ];
  if (error) runs.push({ text: words` ${visible(error)}`, tone: 'warning' });
  return <Line runs={runs} right={right} width={width} />;
}
