// The chain of reasons for one request, over the screen.

import type { Verdict } from '../../src/state/approvals/verdict.ts';
import { whyChain } from '../../src/state/approvals/why.ts';
import { ours, type Printable } from '../../src/text/brand.ts';
import type { Agent } from '../../src/wire/agent.ts';
import type { ApprovalRequest } from '../../src/wire/verification.ts';
import { useKeys } from '../keys/use-keys.ts';
import { Detail, type DetailItem } from '../widgets/detail.tsx';

export type DisabledKey = { label: Printable; because: Printable };

export type WhyDialogProps = {
  request: ApprovalRequest;
  verdict: Verdict;
  agent: Agent | null;
  /** Keys that do nothing here just now, and why. */
  off: readonly DisabledKey[];
  width: number;
  height: number;
  close(): void;
};

export function WhyDialog({ request, verdict, agent, off, width, height, close }: WhyDialogProps) {
  useKeys(
    [
      {
        id: 'why.close',
        keys: ['esc', 'w', 'q', 'enter'],
        label: ours('close'),
        summary: ours('Back to the request'),
        footer: 1,
        run: close,
      },
    ],
    { id: 'why', level: 'overlay', modal: true },
  );
  const items: DetailItem[] = [
    { kind: 'heading', text: ours('Why') },
    ...whyChain(request, verdict, agent).map(({ label, value }): DetailItem => ({ kind: 'field', label, value })),
    ...(off.length === 0 ? [] : [{ kind: 'heading', text: ours('Keys that do nothing now') } as const]),
    ...off.map(({ label, because }): DetailItem => ({ kind: 'field', label, value: because })),
  ];
  return <Detail name="why" items={items} width={width} height={height} />;
}
