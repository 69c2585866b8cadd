// The columns of the approvals queue. What is wanted comes from the signed bytes here too.

import { actionOf } from '../../src/state/approvals/action-facts.ts';
import type { Model } from '../../src/state/approvals/model.ts';
import { isMuted } from '../../src/state/approvals/mutes.ts';
import { statusWords } from '../../src/state/approvals/outcome.ts';
import type { QueueRow } from '../../src/state/approvals/queue.ts';
import type { Verdict } from '../../src/state/approvals/verdict.ts';
import { ours, type Printable } from '../../src/text/brand.ts';
import { say } from '../../src/text/say.ts';
import { age, countdown } from '../../src/text/time.ts';
import { visible } from '../../src/text/visible.ts';
import { widthOf } from '../../src/text/width.ts';
import type { Tone } from '../theme.ts';
import type { ListColumn } from '../widgets/columns.ts';

export type QueueColumnsOptions = {
  /** The sign for a signature that fits, as this terminal can show it. */
  signed: Printable;
  /** How many that wait are the same as this one. */
  sameAs(row: QueueRow): number;
  now(): number;
  model(): Model;
  verdictFor(request: QueueRow['request']): Verdict;
};

export function queueColumns({ signed, sameAs, now, model, verdictFor }: QueueColumnsOptions): readonly ListColumn<QueueRow>[] {
  const action = (row: QueueRow) => actionOf(row.request, verdictFor(row.request));
  return [
    {
      key: 'asked',
      title: ours('ASKED'),
      width: 5,
      align: 'right',
      giveUp: 3,
      cell: ({ request }) => (request.requestedAt === null ? ours('') : age(request.requestedAt, now())),
      value: ({ request }) => (request.requestedAt === null ? null : Date.parse(request.requestedAt)),
    },
    {
      key: 'risk',
      title: ours('RISK'),
      width: 8,
      cell: ({ request }) => ours(request.riskLevel),
      tone: ({ request }) => riskTones[request.riskLevel],
      value: ({ request }) => request.riskLevel,
      words: ['low', 'medium', 'high', 'critical'],
    },
    {
      key: 'agent',
      title: ours('AGENT'),
      width: 16,
      grow: true,
      cell: ({ request }) => visible(request.agentName ?? request.agentId, { max: 120 }),
      value: ({ request }) => request.agentName ?? request.agentId,
    },
    {
      key: 'action',
      title: ours('WANTS'),
      width: 18,
      grow: true,
      cell: (row) => {
        const same = sameAs(row);
        return say`${same > 1 ? `${same}x ` : ''}${visible(action(row).capability, { max: 120 })}`;
      },
      value: (row) => action(row).capability,
    },
    {
      key: 'resource',
      title: ours('ON'),
      width: 11,
      grow: true,
      giveUp: 1,
      cell: (row) => visible(action(row).resource ?? '', { max: 200 }),
      value: (row) => action(row).resource,
    },
    {
      key: 'signature',
      title: ours('SIG'),
      width: 3,
      cell: ({ request }) => (verdictFor(request).kind === 'signed' ? (` ${signed}` as Printable) : ours(' !')),
      tone: ({ request }) => (verdictFor(request).kind === 'signed' ? 'good' : 'bad'),
      value: ({ request }) => verdictFor(request).kind,
    },
    {
      key: 'state',
      title: ours('STATE'),
      width: 12,
      grow: true,
      cell: (row, width) => stateWords(row, model(), verdictFor(row.request), now(), width),
      tone: (row) => stateTone(row, model(), verdictFor(row.request), now()),
      value: ({ request }) => request.status,
    },
    { key: 'id', title: ours('ID'), width: 0, hidden: true, cell: () => ours(''), value: ({ id }) => id },
  ];
}

const riskTones = { low: 'normal', medium: 'normal', high: 'warning', critical: 'bad' } as const;

/** Said in the place of the countdown where it is not fine: it matters more than when it ends. */
const signatureWords: Record<Exclude<Verdict['kind'], 'signed'>, Printable> = {
  'key-changed': ours('KEY CHANGED'),
  unsigned: ours('not signed'),
  misfit: ours('DOES NOT FIT'),
  uninspectable: ours('UNREADABLE'),
};

function stateWords(
  { id, request, isNew }: QueueRow,
  { inFlight, mutes }: Model,
  verdict: Verdict,
  now: number,
  width: number,
): Printable {
  const flight = inFlight.get(id);
  if (flight !== undefined) return flight.state === 'sent' ? ours('sending') : ours('NOT KNOWN');
  if (request.status !== 'pending') return shortest(statusWords(request), ours(request.status), width);
  if (isMuted(mutes, request.agentId, now)) return ours('muted');
  if (verdict.kind !== 'signed') return signatureWords[verdict.kind];
  const left = request.expiresAt === null ? '' : countdown(request.expiresAt, now);
  if (endsSoon(request, now)) return `! ${left} left` as Printable;
  return `${isNew ? 'new ' : ''}${left}` as Printable;
}

/** Half a name says less than none: who decided it stands in the panel. */
const shortest = (full: Printable, word: Printable, width: number): Printable => (widthOf(full) <= width ? full : word);

/** Nothing moves for it, as everywhere in the queue: it is told apart by its words, and named above the list. */
export function endsSoon({ status, expiresAt }: QueueRow['request'], now: number): boolean {
  if (status !== 'pending' || expiresAt === null) return false;
  const left = Date.parse(expiresAt) - now;
  return left > 0 && left <= SOON;
}

const SOON = 60_000; // what is left to read a request and decide it in two steps

function stateTone({ id, request, isNew }: QueueRow, { inFlight }: Model, verdict: Verdict, now: number): Tone {
  if (inFlight.has(id)) return 'warning';
  if (request.status !== 'pending') return 'muted';
  if (verdict.kind !== 'signed') return 'bad';
  if (endsSoon(request, now)) return 'warning';
  return isNew ? 'accent' : 'normal';
}
