// One row of the screen, finished: the width is given, never measured, and nothing takes it apart again, so that a frame stays cheap.

import { Box } from 'ink';
import { createElement, memo } from 'react';
import { useDashboard } from './dashboard-context.ts';
import { paint, type Runs } from './paint.ts';

export type LineProps = { runs: Runs; width: number; selected?: boolean; right?: Runs };

export function Line({ runs, width, selected = false, right = NOTHING }: LineProps) {
  const { theme } = useDashboard();
  return <Painted text={paint(runs, width, theme, { selected, right })} />;
}

/** Empty rows, so that what follows stays where it belongs. */
export function Blank({ rows }: { rows: number }) {
  return rows > 0 ? <Box height={rows} flexShrink={0} /> : null;
}

const Painted = memo(function Painted({ text }: { text: string }) {
  // The element behind <Box>, which takes no attributes of others: the painter draws `line` (see terminal/render-tree.tsx).
  return createElement('ink-box', { style: ROW, line: text });
});

const ROW = { height: 1, flexShrink: 0 };

const NOTHING: Runs = [];
