// How a result looks to a person: declared as data, rendered in one place for table, plain text, CSV and the dashboard.

import type { Printable, Untrusted } from '../../src/text/brand.ts';
import type { Timestamp } from '../../src/wire/scalars.ts';

/** What a cell may hold. Text that others wrote stays `Untrusted` until the renderer makes it visible. */
export type Cell = Untrusted | Printable | Timestamp | number | boolean | null | undefined;

export type Column<Row> = {
  /** The camelCase name by which `--columns`, `--sort` and `--json` know it. */
  key: string;
  title: string;
  value(row: Row): Cell;
  /** `time` local time; `age` how long ago, with the time in wide output; `percent` of 0 to 1; `id` never cut in the middle. */
  format?: 'text' | 'time' | 'age' | 'percent' | 'number' | 'id';
  /** Columns given up first when the terminal is narrow have the highest number. Default 0, never given up. */
  giveUp?: number;
  /** Grows to take what is left. One column of a table should. */
  grow?: boolean;
};

export type View<Result> =
  /** A list: `--json` prints `{items, nextCursor, total}`. `next` is the hint below the table, on a terminal only. */
  | {
      kind: 'table';
      rows(result: Result): readonly unknown[];
      columns: readonly Column<never>[];
      empty: string;
      next?(result: Result): string | null;
    }
  /** One thing: titles on the left, values on the right, in this order. */
  | { kind: 'record'; fields: readonly Column<Result>[]; next?(result: Result): string | null }
  /** Lines of our own making; other people's words in them as `Untrusted` parts. */
  | {
      kind: 'text';
      lines(result: Result): readonly (readonly Cell[])[];
      /** A line that is copied as it is, and must not be broken: one that holds nothing of others. */
      isWhole?(cells: readonly Cell[]): boolean;
    }
  /** Prints nothing: the action wrote its own output (`serve`, `completion`, `exec`). */
  | { kind: 'none' };

/** A table with its row type checked. */
export function tableView<Result, Row>(table: {
  rows(result: Result): readonly Row[];
  columns: readonly Column<Row>[];
  empty: string;
  next?(result: Result): string | null;
}): View<Result> {
  return { kind: 'table', ...table, columns: table.columns as readonly Column<never>[] };
}
