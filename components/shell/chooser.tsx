// A line that is typed and the entries that fit it: what palette, help and menus are made of.

import { Box } from 'ink';
import { editKey, insert, type TextEdit, textEdit } from '../../src/state/text-edit.ts';
import { ours, type Printable } from '../../src/text/brand.ts';
import { useDashboard } from '../dashboard-context.ts';
import { useKeys } from '../keys/use-keys.ts';
import { useLatestState } from '../keys/use-latest-state.ts';
import { Blank, Line } from '../line.tsx';
import type { Runs } from '../paint.ts';
import { fieldText } from '../widgets/text-field.ts';
import { words } from '../words.ts';

export type ChooserProps<Entry> = {
  name: string;
  prompt: Printable;
  initial?: string;
  /** What fits the typed text, best first. */
  entriesFor(text: string): readonly Entry[];
  rowOf(entry: Entry): { left: Runs; right?: Runs };
  /** What tab makes of the text. */
  complete?(text: string, entry: Entry | undefined): string;
  /** Enter. `entry` is the one under the cursor. */
  onChoose(text: string, entry: Entry | undefined): void;
  onCancel(): void;
  /** Earlier lines, the latest first: up on the first entry walks them. */
  history?: readonly string[];
  width: number;
  height: number;
};

export function Chooser<Entry>({
  name,
  prompt,
  initial = '',
  entriesFor,
  rowOf,
  complete,
  onChoose,
  onCancel,
  history = [],
  width,
  height,
}: ChooserProps<Entry>) {
  const { theme } = useDashboard();
  const typed = useLatestState(() => ({ edit: textEdit(initial), at: 0, past: -1 }));
  const shownFor = ({ edit, at }: { edit: TextEdit; at: number }) => {
    const entries = entriesFor(edit.text);
    return { text: edit.text, entries, index: Math.min(at, Math.max(0, entries.length - 1)) };
  };
  const { edit } = typed.value;
  const { entries, index } = shownFor(typed.value);
  const latest = () => shownFor(typed.latest());
  const change = (next: TextEdit, past = typed.latest().past) => typed.set({ edit: next, at: 0, past });
  const go = (to: (from: number, last: number) => number) => {
    const now = latest();
    typed.set({ ...typed.latest(), at: Math.max(0, to(now.index, now.entries.length - 1)) });
  };
  const up = () => {
    const { past } = typed.latest();
    if (latest().index > 0) go((from) => from - 1);
    else if (history[past + 1] !== undefined) change(textEdit(history[past + 1]), past + 1);
  };
  useKeys(
    [
      {
        id: 'chooser.choose',
        keys: ['enter'],
        label: ours('choose'),
        summary: ours('Take what is under the cursor'),
        footer: 1,
        run: () => {
          const now = latest();
          onChoose(now.text, now.entries[now.index]);
        },
      },
      {
        id: 'chooser.complete',
        keys: ['tab'],
        label: ours('complete'),
        summary: ours('Complete what is typed'),
        footer: 2,
        run: () => {
          const now = latest();
          if (complete) change(textEdit(complete(now.text, now.entries[now.index])));
        },
      },
      {
        id: 'chooser.down',
        keys: ['down', 'ctrl-n'],
        label: ours('down'),
        summary: ours('Next entry'),
        run: () => go((from, last) => Math.min(from + 1, last)),
      },
      {
        id: 'chooser.up',
        keys: ['up', 'ctrl-p'],
        label: ours('up'),
        summary: ours('Entry before, then earlier lines'),
        run: up,
      },
      {
        id: 'chooser.page-down',
        keys: ['pgdn', 'ctrl-d'],
        label: ours('page'),
        summary: ours('A page down'),
        run: () => go((from, last) => Math.min(from + height - 2, last)),
      },
      {
        id: 'chooser.page-up',
        keys: ['pgup'],
        label: ours('page'),
        summary: ours('A page up'),
        run: () => go((from) => from - height + 2),
      },
      {
        id: 'chooser.cancel',
        keys: ['esc', 'ctrl-c'],
        label: ours('cancel'),
        summary: ours('Leave'),
        footer: 3,
        run: onCancel,
      },
    ],
    {
      id: `chooser:${name}`,
      level: 'overlay',
      modal: true,
      type: (key) => {
        const next = editKey(typed.latest().edit, key);
        if (next) change(next);
        return next !== null;
      },
      paste: (text) => change(insert(typed.latest().edit, text.replace(/\s+/g, ' '))),
    },
  );
  const rows = Math.max(1, height - 1);
  const top = Math.max(0, Math.min(index - rows + 1, entries.length - rows));
  const shown = entries.slice(top, top + rows);
  const input: Runs = [
    { text: words`${theme.glyphs.own as Printable}${prompt}`, tone: 'accent' },
    { text: fieldText(edit, width - 20, theme.ascii ? '_' : '▏') },
  ];
  return (
    <Box flexDirection="column" width={width} height={height}>
      <Line
        runs={input}
        right={[{ text: words`${entries.length === 0 ? 0 : index + 1}/${entries.length}`, tone: 'muted' }]}
        width={width}
      />
      {shown.map((entry, slot) => {
        const isCurrent = top + slot === index;
        const { left, right } = rowOf(entry);
        const cursor = words`${(isCurrent ? theme.glyphs.cursor : ' ') as Printable} `;
        // biome-ignore lint/suspicious/noArrayIndexKey: rows are keyed by their slot
        return <Line key={slot} runs={[cursor, ...left]} width={width} selected={isCurrent} {...(right ? { right } : {})} />;
      })}
      <Blank rows={rows - shown.length} />
    </Box>
  );
}
