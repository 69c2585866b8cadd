// One line that is typed: a paste stays text, keys of one read build on each other, and only Enter hands it on.

import { useRef, useState } from 'react';
import { editKey, insert, type TextEdit, textEdit } from '../../src/state/text-edit.ts';
import { ours, type Printable } from '../../src/text/brand.ts';
import { widthOf } from '../../src/text/width.ts';
import { useDashboard } from '../dashboard-context.ts';
import type { KeyPress } from '../keys/key-press.ts';
import type { Binding } from '../keys/keymap.ts';
import { useKeys } from '../keys/use-keys.ts';
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
  const [edit, setEdit] = useState<TextEdit>(() => textEdit());
  // Keys that arrive in one read come before the next render: each must begin with what the one before left.
  const latest = useRef(edit);
  const change = (next: TextEdit) => {
    latest.current = next;
    setEdit(next);
  };
  const bindings: Binding[] = [
    {
      id: 'prompt.send',
      keys: ['enter'],
      label: ours('send'),
      summary: ours('Hand on what was typed'),
      footer: 1,
      run: (key) => onEnter(latest.current.text, key),
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
      const next = editKey(latest.current, key);
      if (next !== null) change(next);
      return next !== null;
    },
    // A pasted line break is a space: a paste never sends.
    paste: (text) => change(insert(latest.current, text.replace(/\s+/g, ' '))),
  });
  const sign = theme.ascii ? '_' : '▏';
  const room = Math.max(8, width - widthOf(label) - 2);
  return (
    <Line
      runs={[{ text: label, tone: 'strong' }, ours(': '), { text: fieldText(edit, room, sign), tone: 'strong' }]}
      width={width}
    />
  );
}
