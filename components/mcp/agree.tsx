// A question with all that it is about above it; y alone says yes. Enter and escape leave everything as it is.

import { Box } from 'ink';
import { ours, type Printable } from '../../src/text/brand.ts';
import { useDashboard } from '../dashboard-context.ts';
import { useKeys } from '../keys/use-keys.ts';
import { Line } from '../line.tsx';
import { Detail, type DetailItem } from '../widgets/detail.tsx';
import { words } from '../words.ts';

type AgreeProps = {
  title: Printable;
  items: readonly DetailItem[];
  yes: { label: Printable; summary: Printable };
  width: number;
  height: number;
  close(): void;
  onYes(): void;
};

export function Agree({ title, items, yes, width, height, close, onYes }: AgreeProps) {
  const { theme } = useDashboard();
  const agree = (): void => {
    close();
    onYes();
  };
  useKeys(
    [
      { id: 'consent.yes', keys: ['y'], ...yes, footer: 1, decides: true, run: agree },
      {
        id: 'consent.no',
        keys: ['n', 'esc', 'enter', 'q', 'ctrl-c'],
        label: ours('no'),
        summary: ours('Leave it alone'),
        footer: 2,
        run: close,
      },
    ],
    { id: 'mcp-consent', level: 'overlay', modal: true },
  );
  return (
    <Box flexDirection="column" width={width} height={height}>
      <Line runs={[{ text: words`${theme.glyphs.own as Printable} ${title}`, tone: 'warning' }]} width={width} />
      <Detail name="mcp-consent" items={items} width={width} height={height - 2} level="overlay" />
      <Line
        runs={[
          ours('  '),
          { text: ours('y'), tone: 'key' },
          words` ${yes.label}    `,
          { text: ours('n'), tone: 'key' },
          ours(' no (also Enter, esc)'),
        ]}
        width={width}
      />
    </Box>
  );
}
