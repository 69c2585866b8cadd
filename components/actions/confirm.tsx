// "Do you mean it?" for what is dangerous. No is the default: Enter and escape leave things as they are.

import { Box } from 'ink';
import { ours, type Printable } from '../../src/text/brand.ts';
import { useDashboard } from '../dashboard-context.ts';
import { Blank, Line } from '../line.tsx';
import { useYesOrNo, YesOrNoLine } from '../widgets/yes-or-no.tsx';
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
  useYesOrNo({ name: 'confirm', yes: YES, no: ours('Leave it as it is'), close, onYes });
  return (
    <Box flexDirection="column" width={width} height={height}>
      <Line runs={[{ text: words`${theme.glyphs.own as Printable} ${title}?`, tone: 'warning' }]} width={width} />
      <Line runs={[ours('  '), summary]} width={width} />
      <Line runs={[ours('  '), { text: line, tone: 'muted' }]} width={width} />
      <Blank rows={1} />
      <YesOrNoLine yes={YES.label} width={width} />
      <Blank rows={height - 5} />
    </Box>
  );
}

const YES = { label: ours('yes'), summary: ours('Do it') };
