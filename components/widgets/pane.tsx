// A document over the screen: a title, what it says, and a key to leave.

import { Box } from 'ink';
import { ours, type Printable } from '../../src/text/brand.ts';
import { useDashboard } from '../dashboard-context.ts';
import { useKeys } from '../keys/use-keys.ts';
import { Line } from '../line.tsx';
import { words } from '../words.ts';
import { Detail, type DetailItem } from './detail.tsx';

export type PaneProps = { title: Printable; items: readonly DetailItem[]; width: number; height: number; close(): void };

export function Pane({ title, items, width, height, close }: PaneProps) {
  const { theme } = useDashboard();
  useKeys(
    [
      {
        id: 'pane.close',
        keys: ['esc', 'q', 'enter', 'ctrl-c'],
        label: ours('close'),
        summary: ours('Close'),
        footer: 1,
        run: close,
      },
    ],
    { id: 'pane', level: 'overlay', modal: true },
  );
  return (
    <Box flexDirection="column" width={width} height={height}>
      <Line runs={[{ text: words`${theme.glyphs.own as Printable} ${title}`, tone: 'accent' }]} width={width} />
      <Detail name="pane" items={items} width={width} height={height - 1} level="overlay" />
    </Box>
  );
}
