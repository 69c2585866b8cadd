// One line that is typed: a paste stays text, keys of one read build on each other, and only Enter hands it on.

import { editKey, insert, textEdit } from '../../src/state/text-edit.ts';
import { ours, type Printable } from '../../src/text/brand.ts';
import { widthOf } from '../../src/text/width.ts';
import { useDashboard } from '../dashboard-context.ts';
import type { KeyPress } from '../keys/key-press.ts';
import type { Binding } from '../keys/keymap.ts';
import { useKeys } from '../keys/use-keys.ts';
import { useLatestState } from '../keys/use-latest-state.ts';
import { Line } from '../line.tsx';
import { fieldText } from '../widgets/text-field.ts';

export type LinePromptProps = {
  label: Printable;
  width: number;
  onEnter(text: string, key: KeyPress): void;
  /** Without it escape is left to whoever is behind. */
  onCancel?(key: KeyPress): void;
};

export function LinePrompt({ label, width, onEnter, onCancel }: LinePromptProps) {
  const { theme } = useDashboard();
  const edit = useLatestState(() => textEdit());
  const bindings: Binding[] = [
    {
      id: 'prompt.send',
      keys: ['enter'],
      label: ours('send'),
      summary: ours('Hand on what was typed'),
      footer: 1,
      run: (key) => onEnter(edit.latest().text, key),
    },
  ];
  if (onCancel !== undefined) {
    bindings.push({
      id: 'prompt.cancel',
      keys: ['esc', 'ctrl-c'],
      label: ours('go back'),
      summary: ours('Go back without sending'),
      footer: 2,
      run: onCancel,
    });
  }
  useKeys(bindings, {
    id: 'approval:prompt',
    level: 'overlay',
    modal: onCancel !== undefined,
    type: (key) => {
      const next = editKey(edit.latest(), key);
      if (next !== null) edit.set(next);
      return next !== null;
    },
    // A pasted line break is a space: a paste never sends.
    paste: (text) => edit.set(insert(edit.latest(), text.replace(/\s+/g, ' '))),
  });
  const sign = theme.ascii ? '_' : '▏';
  const room = Math.max(8, width - widthOf(label) - 2);
  return (
    <Line
      runs={[{ text: label, tone: 'strong' }, ours(': '), { text: fieldText(edit.value, room, sign), tone: 'strong' }]}
      width={width}
    />
  );
}
