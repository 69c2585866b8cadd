// Where things are on the screen, by ids that stay: what a click means, and what a script or a picture calls by its name.

export type Rectangle = { column: number; row: number; columns: number; rows: number };

/** A part of an area, in cells from its corner: one tab, one row, one key of the footer. */
export type AreaPart = Rectangle & { id: string };

export type Area = {
  /** Unique on the screen, the same in every run: `tabs`, `list:agents`. */
  id: string;
  /** It lies over the screen; while something does, what is below takes no clicks. */
  isOver: boolean;
  /** Where it is now. Asked only when somebody clicks or looks: a frame pays nothing for it. */
  measure(): Rectangle | null;
  /** What can be pointed at by itself, from top to bottom. */
  parts?(): readonly AreaPart[];
  /** A click, in cells from the corner of the area. */
  onPress?(at: { column: number; row: number }): void;
  onWheel?(rows: number): void;
};

export type Areas = {
  put(area: Area): void;
  take(area: Area): void;
  /** The one that was mounted last of those that hold the cell. */
  at(column: number, row: number): { area: Area; column: number; row: number } | null;
  /** Every area and part that can be seen, with its cells on the screen. */
  list(): AreaPart[];
};

export function createAreas(isCovered: () => boolean): Areas {
  const areas = new Set<Area>();
  const reachable = () => [...areas].filter(({ isOver }) => isOver || !isCovered());

  return {
    put(area) {
      areas.add(area);
    },
    take(area) {
      areas.delete(area);
    },
    at(column, row) {
      for (const area of reachable().reverse()) {
        const box = area.measure();
        if (box && holds(box, column, row)) return { area, column: column - box.column, row: row - box.row };
      }
      return null;
    },
    list() {
      return [...areas].flatMap((area) => {
        const box = area.measure();
        if (!box || box.rows === 0) return [];
        const parts = (area.parts?.() ?? []).map(({ id, column, row, columns, rows }) => ({
          id: `${area.id}/${id}`,
          column: column + box.column,
          row: row + box.row,
          columns,
          rows,
        }));
        return [{ id: area.id, ...box }, ...parts];
      });
    },
  };
}

const holds = (box: Rectangle, column: number, row: number): boolean =>
  column >= box.column && column < box.column + box.columns && row >= box.row && row < box.row + box.rows;
