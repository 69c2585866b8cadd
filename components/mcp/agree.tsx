// A question with all that it is about above it; y alone says yes. Enter and escape leave everything as it is.

import { Box } from 'ink';
import { ours, type Printable } from '../../src/text/brand.ts';
import { useDashboard } from '../dashboard-context.ts';
import { Line } from '../line.tsx';
import { Detail, type DetailItem } from '../widgets/detail.tsx';
import { useYesOrNo, YesOrNoLine } from '../widgets/yes-or-no.tsx';
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
  useYesOrNo({ name: 'consent', yes, no: ours('Leave it alone'), close, onYes });
  return (
    <Box flexDirection="column" width={width} height={height}>
      <Line runs={[{ text: words`${theme.glyphs.own as Printable} ${title}`, tone: 'warning' }]} width={width} />
      <Detail name="mcp-consent" items={items} width={width} height={height - 2} level="overlay" />
      <YesOrNoLine yes={yes.label} width={width} />
    </Box>
  );
}
