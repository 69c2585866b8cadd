// One thing in full: labelled values that wrap, in sections, scrolled as a document. Other people's text stands in its own gutter.

import { Box } from 'ink';
import { useMemo, useState } from 'react';
import type { Printable } from '../../src/text/brand.ts';
import { fit } from '../../src/text/width.ts';
import { wrap } from '../../src/text/wrap.ts';
import { useDashboard } from '../dashboard-context.ts';
import type { Binding, Level } from '../keys/keymap.ts';
import { useKeys } from '../keys/use-keys.ts';
import { Blank, Line } from '../line.tsx';
import { plainText, type Runs } from '../paint.ts';
import type { PlainLines } from '../shell/plain-text.ts';
import type { Tone } from '../theme.ts';
import { useArea } from '../use-area.ts';
import { own, words } from '../words.ts';

export type DetailItem =
  | { kind: 'heading'; text: Printable }
  | { kind: 'field'; label: Printable; value: Printable; tone?: Tone | undefined }
  /** A block of other people's words: wrapped, in the gutter, with a label that says whose they are. */
  | { kind: 'quote'; label: Printable; text: Printable }
  | { kind: 'line'; runs: Runs }
  | { kind: 'gap' };

export type DetailProps = {
  /** Unique among details that can be on screen together. */
  name: string;
  items: readonly DetailItem[];
  width: number;
  height: number;
  active?: boolean;
  /** `overlay` where it is part of a dialog. */
  level?: Level;
};

export function Detail({ name, items, width, height, active = true, level = 'widget' }: DetailProps) {
  const { theme, shell } = useDashboard();
  const lines = useMemo(() => layOut(items, width, theme.glyphs.bar as Printable), [items, width, theme]);
  if (active && level === 'widget')
    shell.memory<{ read: PlainLines | null }>(`plain:${shell.place.screen}`, () => ({ read: null })).read = () =>
      lines.map((runs) => plainText(runs));
  const [wanted, setTop] = useState(0);
  const last = Math.max(0, lines.length - height);
  const top = Math.min(wanted, last);
  const scroll = (to: number) => () => setTop(Math.max(0, Math.min(last, to)));
  const bindings: Binding[] = [
    bind('detail.down', ['down', 'j'], 'Scroll down', scroll(top + 1)),
    bind('detail.up', ['up', 'k'], 'Scroll up', scroll(top - 1)),
    bind('detail.page-down', ['pgdn', 'ctrl-f', 'ctrl-d', 'space'], 'Scroll down by a page', scroll(top + height - 1)),
    bind('detail.page-up', ['pgup', 'ctrl-b', 'ctrl-u'], 'Scroll up by a page', scroll(top - height + 1)),
    bind('detail.first', ['home', 'g'], 'Scroll to the beginning', scroll(0)),
    bind('detail.last', ['end', 'G'], 'Scroll to the end', scroll(last)),
  ];
  useKeys(bindings, { id: `detail:${name}`, level, active: active && last > 0 });
  const box = useArea(`detail:${name}`, { isOver: level === 'overlay', onWheel: (rows) => scroll(top + rows)() });
  const shown = lines.slice(top, top + height);
  const more = lines.length - top - shown.length;
  return (
    <Box ref={box} flexDirection="column" width={width} height={height}>
      {shown.map((runs, slot) => {
        const isLast = slot === shown.length - 1 && more > 0;
        const right: Runs = isLast ? [{ text: words`${more} more lines (${own(active ? 'pgdn' : 'z')})`, tone: 'accent' }] : [];
        // biome-ignore lint/suspicious/noArrayIndexKey: rows are keyed by their slot, so that scrolling remounts nothing
        return <Line key={slot} runs={runs} right={right} width={width} />;
      })}
      <Blank rows={height - shown.length} />
    </Box>
  );
}

const bind = (id: string, keys: readonly string[], summary: string, run: () => void): Binding => ({
  id,
  keys,
  label: 'scroll' as Printable,
  summary: summary as Printable,
  run,
});

/** The rows of a detail at a width. */
export function layOut(items: readonly DetailItem[], width: number, gutter: Printable): Runs[] {
  const labelWidth = Math.min(18, Math.max(8, Math.floor(width / 4)));
  return items.flatMap((item): Runs[] => {
    if (item.kind === 'gap') return [[]];
    if (item.kind === 'line') return [item.runs];
    if (item.kind === 'heading') return [[{ text: item.text, tone: 'accent' }]];
    if (item.kind === 'quote') {
      const rows = wrap(item.text, width - 4).map((row): Runs => [{ text: words` ${gutter} `, tone: 'untrusted' }, row]);
      return [[{ text: item.label, tone: 'untrusted' }], ...rows];
    }
    const rows = wrap(item.value, width - labelWidth - 2);
    return rows.map(
      (row, index): Runs => [
        { text: fit(index === 0 ? item.label : EMPTY, labelWidth), tone: 'muted' },
        TWO,
        { text: row, tone: item.tone },
      ],
    );
  });
}

const EMPTY = '' as Printable;
const TWO = '  ' as Printable;
