// Makes a box known by its name: clickable, and findable by scripts. It is measured only when somebody asks.

import { type DOMElement, measureElement } from 'ink';
import { type RefObject, useLayoutEffect, useRef } from 'react';
import type { Area } from './areas.ts';
import { useDashboard } from './dashboard-context.ts';

export type UseAreaOptions = Omit<Area, 'id' | 'measure' | 'isOver'> & { isOver?: boolean };

/** @returns the ref of the box that is the area. */
export function useArea(id: string, { isOver = false, parts, onPress, onWheel }: UseAreaOptions): RefObject<DOMElement | null> {
  const { areas } = useDashboard();
  const box = useRef<DOMElement | null>(null);
  const latest = useRef<UseAreaOptions>({});
  useLayoutEffect(() => {
    latest.current = { ...(parts && { parts }), ...(onPress && { onPress }), ...(onWheel && { onWheel }) };
  });
  useLayoutEffect(() => {
    const area: Area = {
      id,
      isOver,
      measure() {
        if (!box.current) return null;
        const { x, y, width, height } = measureElement(box.current);
        return { column: x, row: y, columns: width, rows: height };
      },
      parts: () => latest.current.parts?.() ?? [],
      onPress: (at) => latest.current.onPress?.(at),
      get onWheel() {
        return latest.current.onWheel;
      },
    } as Area;
    areas.put(area);
    return () => areas.take(area);
  }, [areas, id, isOver]);
  return box;
}
