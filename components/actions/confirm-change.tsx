// What an edit would change, before it is sent: every line of it can be scrolled to, and leaving is never applying.

import { Box } from 'ink';
import type { DifferenceLine } from '../../src/edit/difference.ts';
import { ours, type Printable } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import { wrap } from '../../src/text/wrap.ts';
import { useDashboard } from '../dashboard-context.ts';
import { useKeys } from '../keys/use-keys.ts';
import { Line } from '../line.tsx';
import type { OverlayProps } from '../shell/shell.ts';
import { Detail, type DetailItem } from '../widgets/detail.tsx';
import { own, words } from '../words.ts';

export type ConfirmChangeProps = OverlayProps & {
  title: Printable;
  lines: readonly DifferenceLine[];
  taken: readonly string[];
  onAnswer(answer: 'apply' | 'again' | 'leave'): void;
};

export function ConfirmChange({ title, lines, taken, width, height, close, onAnswer }: ConfirmChangeProps) {
  const { theme } = useDashboard();
  const answer = (word: 'apply' | 'again' | 'leave') => () => {
    close();
    onAnswer(word);
  };
  useKeys(
    [
      { id: 'change.apply', keys: ['y'], label: ours('apply'), summary: ours('Send it'), footer: 1, decides: true, run: answer('apply') },
      { id: 'change.again', keys: ['e'], label: ours('edit'), summary: ours('Go back to the editor'), footer: 2, run: answer('again') },
      { id: 'change.leave', keys: ['n', 'esc', 'q', 'ctrl-c'], label: ours('leave'), summary: ours('Send nothing; the text is kept'), footer: 3, run: answer('leave') },
    ],
    { id: 'change', level: 'overlay', modal: true },
  ); // biome-ignore format: one table
  const items: DetailItem[] = lines.flatMap(({ kind, text }): DetailItem[] => {
    if (kind === 'member') return [{ kind: 'heading', text: own(text) }];
    const sign = kind === 'added' ? '+' : '-';
    const tone = kind === 'added' ? 'good' : 'bad';
    return wrap(visible(text, { lines: 'many', max: 8000 }), Math.max(10, width - 6)).map((row) => ({
      kind: 'line',
      runs: [{ text: words`  ${own(sign)} ${row}`, tone }],
    }));
  });
  if (taken.length > 0)
    items.push(
      { kind: 'gap' },
      {
        kind: 'line',
        runs: [{ text: words`Kept as somebody changed it meanwhile: ${own(taken.join(', '))}`, tone: 'warning' }],
      },
    );
  return (
    <Box flexDirection="column" width={width} height={height}>
      <Line
        runs={[
          { text: words`${theme.glyphs.own as Printable} ${title}: `, tone: 'accent' },
          ours('send this? '),
          { text: ours('y'), tone: 'key' },
          ours(' yes  '),
          { text: ours('e'), tone: 'key' },
          ours(' edit again  '),
          { text: ours('n'), tone: 'key' },
          ours(' no'),
        ]}
        width={width}
      />
      <Detail name="change" items={items} width={width} height={height - 1} level="overlay" />
    </Box>
  );
}
