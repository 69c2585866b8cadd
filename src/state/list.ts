// Where the cursor and the window of a list are. Pure; the cursor stays on its row while rows come and go around it.

/** What a list shows, already filtered and sorted. Nothing but the visible part is ever asked for. */
export type Rows<Row> = {
  readonly length: number;
  at(index: number): Row | undefined;
  idAt(index: number): string | undefined;
  /** -1 where it is not among them. */
  indexOf(id: string): number;
  /** How many there are without the filter. */
  readonly total: number;
};

export type ListState = {
  cursorId: string | null;
  cursorIndex: number;
  /** How far below the top of the window the cursor is. */
  offset: number;
  /** The cursor stays on the last row, whatever comes. */
  isFollowing: boolean;
  /** Ingest goes on, the rows stand still. What `total` was when it began. */
  pausedAt: number | null;
  /** What `total` was when following ended: what came after it is new. */
  leftAt: number | null;
  filter: string;
  /** The filter is being typed; this is what it was before. */
  filterBefore: string | null;
  sort: Sort | null;
  /** The column that `<` and `>` chose, for sorting. */
  column: string | null;
  /** The columns that are shown, in order; null shows those that the list shows by itself. */
  columns: readonly string[] | null;
  /** What there is to say about the row under the cursor: not shown, below the list, or alone. */
  detail: 'off' | 'pane' | 'full';
  marked: ReadonlySet<string>;
  /** Where a range of marks begins. */
  markedLast: string | null;
};

export type Sort = { column: string; reverse: boolean };

export const listState = (initial: Partial<ListState> = {}): ListState => ({
  cursorId: null,
  cursorIndex: 0,
  offset: 0,
  isFollowing: false,
  pausedAt: null,
  leftAt: null,
  filter: '',
  filterBefore: null,
  sort: null,
  column: null,
  columns: null,
  detail: 'off',
  marked: new Set(),
  markedLast: null,
  ...initial,
});

export type Window = { index: number; top: number };

/** Which row the cursor is on, and which is the first in the window. */
export function windowOf<Row>(state: ListState, rows: Rows<Row>, height: number): Window {
  if (rows.length === 0) return { index: 0, top: 0 };
  if (state.isFollowing && state.pausedAt === null) return { index: rows.length - 1, top: Math.max(0, rows.length - height) };
  const found = state.cursorId === null ? -1 : rows.indexOf(state.cursorId);
  const index = found === -1 ? clamp(state.cursorIndex, 0, rows.length - 1) : found;
  const offset = clamp(state.offset, 0, Math.max(0, height - 1));
  return { index, top: clamp(index - offset, 0, Math.max(0, rows.length - height)) };
}

export type Motion = number | 'first' | 'last' | 'page-down' | 'page-up';

export function move<Row>(state: ListState, rows: Rows<Row>, height: number, motion: Motion, canFollow = false): ListState {
  if (rows.length === 0) return state;
  const { index, top } = windowOf(state, rows, height);
  const target = clamp(targetOf(motion, index, rows.length, height), 0, rows.length - 1);
  const newTop = target < top ? target : target >= top + height ? target - height + 1 : top;
  const isFollowing = canFollow && (motion === 'last' || (state.isFollowing && target === rows.length - 1));
  return {
    ...state,
    cursorId: rows.idAt(target) ?? null,
    cursorIndex: target,
    offset: target - newTop,
    isFollowing,
    pausedAt: motion === 'last' ? null : state.pausedAt,
    leftAt: isFollowing ? null : (state.leftAt ?? (state.isFollowing ? rows.total : null)),
  };
}

function targetOf(motion: Motion, index: number, length: number, height: number): number {
  if (motion === 'first') return 0;
  if (motion === 'last') return length - 1;
  if (motion === 'page-down') return index + Math.max(1, height - 1);
  if (motion === 'page-up') return index - Math.max(1, height - 1);
  return index + motion;
}

/** Puts the cursor on a row that is known by its id (a click, a jump). */
export function moveTo<Row>(state: ListState, rows: Rows<Row>, height: number, id: string): ListState {
  const index = rows.indexOf(id);
  return index === -1 ? state : move(state, rows, height, index - windowOf(state, rows, height).index);
}

export function toggleMark(state: ListState, id: string): ListState {
  const marked = new Set(state.marked);
  if (!marked.delete(id)) marked.add(id);
  return { ...state, marked, markedLast: id };
}

/** Marks everything between the last mark and this row, in the order shown. */
export function markRange<Row>(state: ListState, rows: Rows<Row>, id: string): ListState {
  const from = state.markedLast === null ? -1 : rows.indexOf(state.markedLast);
  const to = rows.indexOf(id);
  if (from === -1 || to === -1) return toggleMark(state, id);
  const marked = new Set(state.marked);
  for (let index = Math.min(from, to); index <= Math.max(from, to); index++) marked.add(rows.idAt(index) ?? id);
  return { ...state, marked, markedLast: id };
}

/** Sorts by a column; by the same one again, the other way round; a third time, not at all. */
export function sortBy(state: ListState, column: string): ListState {
  if (state.sort?.column !== column) return { ...state, sort: { column, reverse: false } };
  return { ...state, sort: state.sort.reverse ? null : { column, reverse: true } };
}

const clamp = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most);

const FEW = 8;

export function arrayRows<Row>(items: readonly Row[], idOf: (row: Row) => string, total = items.length): Rows<Row> {
  let positions: Map<string, number> | null = null;
  let asked = 0;
  return {
    length: items.length,
    total,
    at: (index) => items[index],
    idAt(index) {
      const row = items[index];
      return row === undefined ? undefined : idOf(row);
    },
    indexOf(id) {
      // Looking through them once or twice costs less than a map of them, which is worth it where many are asked for.
      if (!positions && asked++ < FEW) return items.findIndex((row) => idOf(row) === id);
      positions ??= new Map(items.map((row, index) => [idOf(row), index]));
      return positions.get(id) ?? -1;
    },
  };
}
