// A tab whose screen is not part of this build: it says so, instead of looking empty.

import { Box } from 'ink';
import type { ScreenId } from '../../commands/action.ts';
import { ours } from '../../src/text/brand.ts';
import { Blank, Line } from '../line.tsx';
import type { Screen, ScreenProps } from '../screen.ts';

export function placeholder({ id, title, tab }: { id: ScreenId; title: string; tab: NonNullable<Screen['tab']> }): Screen {
  function Placeholder({ width, height }: ScreenProps) {
    return (
      <Box flexDirection="column" width={width} height={height}>
        <Line runs={[{ text: ours('  This screen is not part of this build.'), tone: 'muted' }]} width={width} />
        <Blank rows={height - 1} />
      </Box>
    );
  }
  return { id, title: ours(title), tab, Component: Placeholder };
}
