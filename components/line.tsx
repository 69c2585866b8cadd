// One row of the screen. The width is given, never measured, and the row is one <Text>, so that a frame stays cheap.

import { Box, Text } from 'ink';
import { memo } from 'react';
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
  // A row without cells would take no height in Ink.
  return (
    <Box height={1} flexShrink={0}>
      <Text wrap="truncate">{text === '' ? ' ' : text}</Text>
    </Box>
  );
});

const NOTHING: Runs = [];
