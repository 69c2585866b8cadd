// The mouse on a list: a click selects, a second one on the same row opens, one on a title sorts, the wheel scrolls.

import type { DOMElement } from 'ink';
import type { RefObject } from 'react';
import { move, moveTo, type Rows, sortBy } from '../../src/state/list.ts';
import type { AreaPart } from '../areas.ts';
import { useArea } from '../use-area.ts';
import { GAP, type PlacedColumn } from './columns.ts';
import type { ListStore } from './use-list.ts';

export type ListArea<Row> = {
  list: ListStore;
  rows: Rows<Row>;
  placed: readonly PlacedColumn<Row>[];
  /** The first row that is shown, and how many can be. */
  top: number;
  height: number;
  index: number;
  /** Cells before the first column. */
  gutter: number;
  width: number;
  follows: boolean;
  onOpen: ((row: Row) => void) | undefined;
};

export function useListArea<Row>(options: ListArea<Row>): RefObject<DOMElement | null> {
  const { list, rows, top, height, index, width, follows, onOpen } = options;
  return useArea(`list:${list.name}`, {
    parts: () => [...titleParts(options), ...rowParts(rows, top, height, width)],
    onWheel: (by) => list.setState((state) => move(state, rows, height, by, follows)),
    onPress({ column, row }) {
      if (row === 0) {
        const title = titleParts(options).find((part) => column >= part.column && column < part.column + part.columns);
        const key = title?.id.replace(TITLE, '');
        if (key !== undefined) list.setState((state) => sortBy({ ...state, column: key }, key));
        return;
      }
      const at = top + row - 1;
      const id = rows.idAt(at);
      if (id === undefined || row > height) return;
      const found = rows.at(at);
      if (at === index && found !== undefined) onOpen?.(found);
      else list.setState((state) => moveTo({ ...state, isFollowing: false }, rows, height, id));
    },
  });
}

const TITLE = /^title\//;

function titleParts<Row>({ placed, gutter }: ListArea<Row>): AreaPart[] {
  let column = gutter;
  return placed.map(({ column: { key }, width }) => {
    const part = { id: `title/${key}`, column, row: 0, columns: width, rows: 1 };
    column += width + GAP;
    return part;
  });
}

function rowParts<Row>(rows: Rows<Row>, top: number, height: number, width: number): AreaPart[] {
  return Array.from({ length: Math.max(0, Math.min(height, rows.length - top)) }, (_, slot) => ({
    id: `row/${rows.idAt(top + slot) ?? slot}`,
    column: 0,
    row: slot + 1,
    columns: width,
    rows: 1,
  }));
}
