// "Do you mean it?" for what is dangerous. No is the default: Enter and escape leave things as they are.

import { Box } from 'ink';
import { ours, type Printable } from '../../src/text/brand.ts';
import { useDashboard } from '../dashboard-context.ts';
import { useKeys } from '../keys/use-keys.ts';
import { Blank, Line } from '../line.tsx';
import { words } from '../words.ts';

export type ConfirmProps = {
  title: Printable;
  summary: Printable;
  line: Printable;
  width: number;
  height: number;
  close(): void;
  onYes(): void;
};

export function Confirm({ title, summary, line, width, height, close, onYes }: ConfirmProps) {
  const { theme } = useDashboard();
  const yes = () => {
    close();
    onYes();
  };
  useKeys(
    [
      { id: 'confirm.yes', keys: ['y'], label: ours('yes'), summary: ours('Do it'), footer: 1, decides: true, run: yes },
      {
        id: 'confirm.no',
        keys: ['n', 'esc', 'enter', 'q', 'ctrl-c'],
        label: ours('no'),
        summary: ours('Leave it as it is'),
        footer: 2,
        run: close,
      },
    ],
    { id: 'confirm', level: 'overlay', modal: true },
  );
  return (
    <Box flexDirection="column" width={width} height={height}>
      <Line runs={[{ text: words`${theme.glyphs.own as Printable} ${title}?`, tone: 'warning' }]} width={width} />
      <Line runs={[ours('  '), summary]} width={width} />
      <Line runs={[ours('  '), { text: line, tone: 'muted' }]} width={width} />
      <Blank rows={1} />
      <Line
        runs={[
          ours('  '),
          { text: ours('y'), tone: 'key' },
          ours(' yes    '),
          { text: ours('n'), tone: 'key' },
          ours(' no (also Enter, esc)'),
        ]}
        width={width}
      />
      <Blank rows={height - 5} />
    </Box>
  );
}
