// What there is to say about an event.

import { asUntrusted, ours, type Printable } from '../../../src/text/brand.ts';
import { terminalJson } from '../../../src/text/json.ts';
import { localDateTime } from '../../../src/text/time.ts';
import { visible } from '../../../src/text/visible.ts';
import { outcomeOf, type VerificationEvent } from '../../../src/wire/event.ts';
import { outcomeText, outcomeTone, percent } from '../../look.ts';
import type { Glyphs, Tone } from '../../theme.ts';
import type { DetailItem } from '../../widgets/detail.tsx';
import { own, words } from '../../words.ts';

export function eventDetail(event: VerificationEvent, glyphs: Glyphs): readonly DetailItem[] {
  const outcome = outcomeOf(event);
  const some = (label: string, value: Printable | null, tone?: Tone): DetailItem[] =>
    value === null ? [] : [field(label, value, tone)];
  const shown = (text: string | null): Printable | null => (text === null ? null : visible(text, { max: 2000 }));
  const metadata = Object.keys(event.metadata).length === 0 ? null : terminalJson(event.metadata, 2);
  return [
    field('outcome', outcomeText(outcome, glyphs), outcomeTone[outcome]),
    ...some('reason', shown(event.errorReason), 'warning'),
    field('action', visible(event.action ?? 'not said', { max: 2000 }), 'strong'),
    ...some('resource', shown(event.resource)),
    field('agent', visible(event.agentName ?? event.agentId ?? 'not said', { max: 400 })),
    ...some('MCP server', shown(event.mcpServerName)),
    field('trust', percent(event.trustScore)),
    field('ran', ran(event), event.executionError ? 'bad' : undefined),
    ...some('ran with error', shown(event.executionError), 'bad'),
    ...some('initiated by', shown(event.initiatorName ?? event.initiatorType)),
    ...some('protocol', shown(event.protocol)),
    ...some('started', event.startedAt && localDateTime(event.startedAt)),
    ...some('ended', event.completedAt && localDateTime(event.completedAt)),
    ...some('took', event.durationMs === null ? null : words`${event.durationMs} ms`),
    field('id', visible(event.id)),
    ...(event.details
      ? [GAP, quote('details, as the agent gave them', visible(event.details, { lines: 'many', max: 8000 }))]
      : []),
    ...(metadata
      ? [GAP, quote('context, as the agent gave it', visible(asUntrusted(metadata), { lines: 'many', max: 8000 }))]
      : []),
  ];
}

function ran({ executed, executedAt, executionError }: VerificationEvent): Printable {
  if (executed === null) return ours('the agent has not said');
  const when = executedAt === null ? ours('') : words` at ${localDateTime(executedAt)}`;
  return words`${own(executionError ? 'tried and failed' : executed ? 'yes, the agent says' : 'no, the agent says')}${when}`;
}

const GAP: DetailItem = { kind: 'gap' };
const field = (label: string, value: Printable, tone?: Tone): DetailItem => ({
  kind: 'field',
  label: words`  ${ours(label)}`,
  value,
  tone,
});
const quote = (label: string, text: Printable): DetailItem => ({ kind: 'quote', label: words`  ${ours(label)}`, text });
