// The columns of the security log. A notice (a gap, a rotation) takes the same columns, so that it stands where it belongs.

import type { EventSeverity } from '../../src/security-log/entry.ts';
import { gistOf } from '../../src/security-log/gist.ts';
import type { LogRow } from '../../src/security-log/live-log.ts';
import { fieldOf } from '../../src/security-log/log-filter.ts';
import { ours, type Printable } from '../../src/text/brand.ts';
import { localTime } from '../../src/text/time.ts';
import { visible } from '../../src/text/visible.ts';
import type { Tone } from '../theme.ts';
import type { ListColumn } from '../widgets/columns.ts';
import { own } from '../words.ts';

export const severityTone: Record<EventSeverity, Tone> = {
  DEBUG: 'muted',
  INFO: 'normal',
  WARNING: 'warning',
  ERROR: 'bad',
  CRITICAL: 'bad',
};

export const logColumns: readonly ListColumn<LogRow>[] = [
  {
    key: 'time',
    title: ours('TIME'),
    width: 8,
    cell: ({ item }) => (item.kind === 'entry' && item.entry.time ? localTime(item.entry.time) : EMPTY),
    tone: () => 'muted',
    value: (row) => field(row, 'time'),
  },
  {
    key: 'severity',
    title: ours('SEVERITY'),
    width: 8,
    cell: ({ item }) =>
      item.kind === 'notice' ? own(item.notice.toUpperCase()) : own(item.entry.severity ?? item.entry.format),
    tone: ({ item }) =>
      item.kind === 'notice' ? noticeTone(item.notice) : item.entry.severity ? severityTone[item.entry.severity] : 'muted',
    value: (row) => field(row, 'severity'),
  },
  { key: 'type', title: ours('TYPE'), width: 19, giveUp: 2, cell: typeCell, value: (row) => field(row, 'type') },
  { key: 'agent', title: ours('AGENT'), width: 11, giveUp: 1, cell: agent, value: (row) => field(row, 'agent') },
  {
    key: 'message',
    title: ours('WHAT'),
    // What was asked, on what, how it ended and why: on 80 columns this is worth more than the type.
    width: 40,
    grow: true,
    // A notice is our own sentence; a path in it may be anybody's.
    cell: ({ item }) => visible(item.kind === 'notice' ? item.text : gistOf(item.entry).join('  '), { max: 400 }),
    tone: ({ item }) => (item.kind === 'notice' ? noticeTone(item.notice) : undefined),
    value: (row) => field(row, 'message'),
  },
];

const EMPTY = ours('');

export const noticeTone = (notice: string): Tone =>
  notice === 'rotated' ? 'muted' : notice === 'tampered' ? 'bad' : 'warning';

function typeCell({ item }: LogRow): Printable {
  return item.kind === 'entry' && item.entry.type ? visible(item.entry.type, { max: 60 }) : EMPTY;
}

function agent({ item }: LogRow): Printable {
  if (item.kind !== 'entry') return EMPTY;
  const name = item.entry.agentName ?? item.entry.agentId;
  return name === null ? EMPTY : visible(name, { max: 60 });
}

const field = ({ item }: LogRow, name: string) => (item.kind === 'entry' ? (fieldOf(item.entry, name) ?? null) : null);
