// All that a row of a table holds, not only what its columns have room for.

import { createElement } from 'react';
import { ours, type Printable } from '../../src/text/brand.ts';
import { terminalJson } from '../../src/text/json.ts';
import { localDateTime } from '../../src/text/time.ts';
import { visible } from '../../src/text/visible.ts';
import type { Timestamp } from '../../src/wire/scalars.ts';
import type { Dashboard } from '../dashboard-context.ts';
import type { ListColumn } from '../widgets/columns.ts';
import type { DetailItem } from '../widgets/detail.tsx';
import { Pane } from '../widgets/pane.tsx';
import { words } from '../words.ts';
import type { TableRow } from './table-columns.ts';

/** The columns first, in their order and words, then the other members by their names. */
export function rowDetail(row: TableRow, columns: readonly ListColumn<TableRow>[]): readonly DetailItem[] {
  const shown = columns.map(({ key, title }): [label: Printable, value: unknown] => [lower(title), row[key]]);
  const keys = new Set(columns.map(({ key }) => key));
  const others = Object.entries(row)
    .filter(([key]) => !keys.has(key))
    .map(([key, value]): [Printable, unknown] => [visible(spaced(key), { max: 40 }), value]);
  return [...shown, ...others].flatMap(([label, value]): DetailItem[] => {
    const text = textOf(value);
    return text === null ? [] : [{ kind: 'field', label: words`  ${label}`, value: text }];
  });
}

export function openRow({ shell }: Pick<Dashboard, 'shell'>, title: Printable, items: readonly DetailItem[]): void {
  shell.open({
    kind: 'dialog',
    render: ({ width, height, close }) => createElement(Pane, { title, items, width, height, close }),
  });
}

function textOf(value: unknown): Printable | null {
  if (value === null || value === undefined || value === '') return null;
  if (typeof value === 'boolean') return ours(value ? 'yes' : 'no');
  if (typeof value === 'string')
    return /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(value)
      ? localDateTime(value as Timestamp)
      : visible(value, { lines: 'many', max: 4000 });
  if (typeof value === 'object')
    return Object.keys(value).length === 0 ? null : visible(terminalJson(value, 2), { lines: 'many', max: 8000 });
  return visible(String(value));
}

const lower = (title: Printable): Printable => title.toLowerCase() as Printable;
const spaced = (key: string): string => key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
