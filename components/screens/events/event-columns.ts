// The columns of the live events.

import type { LogRow } from '../../../src/state/event-log.ts';
import { outcomes } from '../../../src/state/outcomes.ts';
import { ours, type Printable } from '../../../src/text/brand.ts';
import { localTime } from '../../../src/text/time.ts';
import { visible } from '../../../src/text/visible.ts';
import { outcomeOf, type VerificationEvent } from '../../../src/wire/event.ts';
import { outcomeText, outcomeTone, percent } from '../../look.ts';
import type { Theme } from '../../theme.ts';
import type { ListColumn } from '../../widgets/columns.ts';
import { own, words } from '../../words.ts';

export function eventColumns({ glyphs }: Theme): readonly ListColumn<LogRow>[] {
  const of =
    <Value>(read: (event: VerificationEvent) => Value, otherwise: Value) =>
    (row: LogRow): Value =>
      row.kind === 'event' ? read(row.event) : otherwise;
  const none = ours('');
  return [
    {
      key: 'time',
      title: ours('TIME'),
      width: 8,
      cell: (row) => localTime(row.at),
      tone: () => 'muted',
      value: (row) => Date.parse(row.at),
    },
    {
      key: 'outcome',
      title: ours('OUTCOME'),
      width: 9,
      cell: of((event) => outcomeText(outcomeOf(event), glyphs), ours('- gap')),
      tone: of((event) => outcomeTone[outcomeOf(event)], 'warning'),
      value: (row) => (row.kind === 'event' ? row.outcome : 'gap'),
      words: [...outcomes, 'gap'],
    },
    {
      key: 'agent',
      title: ours('AGENT'),
      width: 12,
      grow: true,
      cell: of((event) => visible(event.agentName ?? event.agentId ?? '', { max: 120 }), none),
      value: of<string | null>((event) => event.agentName, null),
    },
    {
      key: 'action',
      title: ours('ACTION'),
      width: 14,
      grow: true,
      cell: of((event) => visible(event.action ?? '', { max: 160 }), none),
      value: of<string | null>((event) => event.action, null),
    },
    {
      key: 'resource',
      title: ours('RESOURCE'),
      width: 12,
      grow: true,
      giveUp: 3,
      cell: (row) => (row.kind === 'gap' ? gapText(row) : visible(row.event.resource ?? '', { max: 200 })),
      tone: (row) => (row.kind === 'gap' ? 'warning' : undefined),
      value: of<string | null>((event) => event.resource, null),
    },
    {
      key: 'trust',
      title: ours('TRUST'),
      width: 5,
      align: 'right',
      giveUp: 4,
      cell: of((event) => percent(event.trustScore), none),
      value: of<number | null>((event) => event.trustScore, null),
    },
    {
      key: 'ran',
      title: ours('RAN'),
      width: 6,
      giveUp: 5,
      cell: of((event) => ranText(event), none),
      tone: of((event) => (event.executionError ? 'bad' : 'muted'), undefined),
      value: of<string | null>(
        (event) => (event.executed === null ? null : event.executionError ? 'failed' : event.executed ? 'yes' : 'no'),
        null,
      ),
    },
    {
      key: 'reason',
      title: ours('REASON'),
      width: 0,
      hidden: true,
      cell: of((event) => visible(event.errorReason ?? '', { max: 200 }), none),
      value: of<string | null>((event) => event.errorReason, null),
    },
    { key: 'id', title: ours('ID'), width: 0, hidden: true, cell: (row) => visible(row.key), value: (row) => row.key },
  ];
}

/** Whether the agent reported that what it was allowed then happened. */
function ranText({ executed, executionError }: VerificationEvent): Printable {
  if (executionError) return ours('failed');
  return executed === null ? ours('') : own(executed ? 'yes' : 'no');
}

export function gapText({ missed, filled, from }: Extract<LogRow, { kind: 'gap' }>): Printable {
  const count = missed === null ? ours('an unknown number of') : words`${missed}`;
  const since = from === null ? ours('') : words` since ${localTime(from)}`;
  return words`${count} events not received${since}${filled ? ours(', fetched again') : ours('')}`;
}
