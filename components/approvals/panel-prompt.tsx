// A question in the panel: what is typed stays text, and only a lone Enter hands it on.

import { useRef, useState } from 'react';
import { editKey, insert, type TextEdit, textEdit } from '../../src/state/text-edit.ts';
import { ours, type Printable } from '../../src/text/brand.ts';
import { widthOf } from '../../src/text/width.ts';
import { useDashboard } from '../dashboard-context.ts';
import { useKeys } from '../keys/use-keys.ts';
import { Line } from '../line.tsx';
import { fieldText } from '../widgets/text-field.ts';
import { useApprovals } from './approvals-store.ts';

export type PanelPromptProps = { label: Printable; hint: Printable; width: number };

export function PanelPrompt({ label, hint, width }: PanelPromptProps) {
  const { theme } = useDashboard();
  const { approvals } = useApprovals();
  const [edit, setEdit] = useState<TextEdit>(() => textEdit());
  // Keys that arrive in one read come before the next render: each must begin with what the one before left.
  const latest = useRef(edit);
  const change = (next: TextEdit) => {
    latest.current = next;
    setEdit(next);
  };
  useKeys(
    [
      {
        id: 'approval.submit',
        keys: ['enter'],
        label: ours('send'),
        summary: hint,
        footer: 1,
        run: ({ at, lone, repeat }) => approvals.dispatch({ kind: 'submitted', text: latest.current.text, at, lone, repeat }),
      },
      {
        id: 'approval.cancel',
        keys: ['esc', 'ctrl-c'],
        label: ours('go back'),
        summary: ours('Go back without sending'),
        footer: 2,
        run: ({ at, lone, repeat }) => approvals.dispatch({ kind: 'pressed', key: 'back', at, lone, repeat }),
      },
    ],
    {
      id: 'approval:prompt',
      level: 'overlay',
      modal: true,
      type: (key) => {
        const next = editKey(latest.current, key);
        if (next !== null) change(next);
        return next !== null;
      },
      // A pasted line break is a space: a paste never sends.
      paste: (text) => change(insert(latest.current, text.replace(/\s+/g, ' '))),
    },
  );
  const sign = theme.ascii ? '_' : '▏';
  const room = Math.max(8, width - widthOf(label) - 2);
  return (
    <>
      <Line
        runs={[{ text: label, tone: 'strong' }, ours(': '), { text: fieldText(edit, room, sign), tone: 'strong' }]}
        width={width}
      />
      <Line runs={[{ text: hint, tone: 'muted' }]} width={width} />
    </>
  );
}
