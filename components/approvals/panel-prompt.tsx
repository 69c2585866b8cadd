// A question in the panel: what is typed stays text, and the machine decides what a lone Enter does.

import type { Printable } from '../../src/text/brand.ts';
import { Line } from '../line.tsx';
import { useApprovals } from './approvals-store.ts';
import { LinePrompt } from './line-prompt.tsx';

export type PanelPromptProps = { label: Printable; hint: Printable; width: number };

export function PanelPrompt({ label, hint, width }: PanelPromptProps) {
  const { approvals } = useApprovals();
  return (
    <>
      <LinePrompt
        label={label}
        width={width}
        onEnter={(text, { at, lone, repeat }) => approvals.dispatch({ kind: 'submitted', text, at, lone, repeat })}
        onCancel={({ at, lone, repeat }) => approvals.dispatch({ kind: 'pressed', key: 'back', at, lone, repeat })}
      />
      <Line runs={[{ text: hint, tone: 'muted' }]} width={width} />
    </>
  );
}
