// The bottom of the panel: how much was read, where the decision stands, and what the last key did. Always four rows.

import type { Panel } from '../../src/state/approvals/model.ts';
import { questionWords } from '../../src/state/approvals/questions.ts';
import { isArmed, rowsBelow, whyNotApprove } from '../../src/state/approvals/why-not.ts';
import { ours, type Printable } from '../../src/text/brand.ts';
import { counted, say } from '../../src/text/say.ts';
import { wrap } from '../../src/text/wrap.ts';
import { useDashboard } from '../dashboard-context.ts';
import { Line } from '../line.tsx';
import type { Runs } from '../paint.ts';
import type { Tone } from '../theme.ts';
import { approvalSummary } from './approval-summary.ts';
import { useApprovals } from './approvals-store.ts';
import { PanelPrompt } from './panel-prompt.tsx';
import { CONFIRM_KEY } from './use-panel-keys.ts';

export type PanelFootProps = { panel: Panel; width: number; from: number; bottom: number; total: number };

export function PanelFoot({ panel, width, from, bottom, total }: PanelFootProps) {
  const { theme, now } = useDashboard();
  const { model } = useApprovals();
  const { notice, step } = panel;
  const lastLine = (): Runs => {
    if (step.kind === 'signing-in') return [];
    if (notice !== null) return [{ text: notice.words, tone: notice.tone }];
    if (step.kind !== 'confirming' || isArmed(model, panel, now())) return [];
    return [{ text: ours('Keys count in a moment.'), tone: 'muted' }];
  };
  const below = total - bottom;
  const unread = panel.shown.request.status === 'pending' ? rowsBelow(panel) : 0;
  const rule = theme.glyphs.line.repeat(2) as Printable;
  const place = total === 0 ? ours('') : say`rows ${from} to ${bottom} of ${total}`;
  const more = below === 0 ? ours('') : say`, ${below} more below (pgdn)`;
  const read = unread === 0 ? ours('') : say`; not read to the end yet`;
  return (
    <>
      <Line
        runs={[
          { text: `${rule} ${place}${more}` as Printable, tone: 'muted' },
          { text: read, tone: 'warning' },
        ]}
        width={width}
      />
      <Decision panel={panel} width={width} />
      <Line runs={lastLine()} width={width} />
    </>
  );
}

function Decision({ panel, width }: { panel: Panel; width: number }) {
  const { now } = useDashboard();
  const { model } = useApprovals();
  const { step, shown, notice } = panel;
  if (step.kind === 'denying') {
    return (
      <PanelPrompt
        key="deny"
        label={ours('Reason for denying')}
        hint={ours('enter sends the denial with this reason; esc goes back')}
        width={width}
      />
    );
  }
  if (step.kind === 'commenting') {
    return (
      <PanelPrompt
        key="comment"
        label={ours('To the other reviewers')}
        hint={ours('enter sends it; it decides nothing')}
        width={width}
      />
    );
  }
  if (step.kind === 'asking') {
    return (
      <PanelPrompt
        key={step.question}
        label={questionWords(step.question, shown)}
        hint={ours('enter goes on; it does not approve')}
        width={width}
      />
    );
  }
  const { text, tone } = sentence();
  const [first = ours(''), second = ours('')] = wrap(text, width);
  return (
    <>
      <Line runs={[{ text: first, tone }]} width={width} />
      <Line runs={[{ text: second, tone }]} width={width} />
    </>
  );

  function sentence(): { text: Printable; tone: Tone } {
    if (step.kind === 'signing-in')
      return {
        text: say`${notice?.words ?? 'Sign in in the browser, as yourself: policy asks who is there.'} It approves nothing. esc goes back.`,
        tone: 'info',
      };
    const flight = model.inFlight.get(shown.request.id);
    const told = model.told.get(shown.request.id);
    if (flight?.state === 'sent')
      return { text: say`Sending your ${flight.verb === 'approve' ? 'approval' : 'denial'}.`, tone: 'info' };
    if (flight !== undefined) {
      const words = say`NOT KNOWN YET whether it was ${flight.verb === 'approve' ? 'approved' : 'denied'}: no answer came. The same decision is sent again (try ${flight.attempt}).`;
      return { text: words, tone: 'warning' };
    }
    if (told !== undefined && shown.request.status !== 'pending') return { text: told.words, tone: told.tone };
    if (step.kind === 'confirming') {
      const head = say`${CONFIRM_KEY} APPROVES, any other key goes back:`;
      return { text: approvalSummary(panel, head, width), tone: 'strong' };
    }
    const refusal = whyNotApprove(model, panel, now(), shown.verdict.kind !== 'signed' && shown.verdict.kind !== 'misfit');
    if (refusal === null) return { text: say`a approves in two steps, d denies with a reason.`, tone: 'normal' };
    if (refusal.code === 'not-armed') return { text: ours('Keys count in a moment.'), tone: 'muted' };
    if (refusal.code === 'not-read')
      return {
        text: say`Before an approval: ${counted(rowsBelow(panel), 'more row')} to read, from row ${panel.seen + 1} on. d denies with a reason.`,
        tone: 'normal',
      };
    return { text: refusal.words, tone: 'warning' };
  }
}
