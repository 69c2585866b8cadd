// One line of a log in full: its members, where it stands, and the line itself as JSON that is safe to look at.

import { useMemo } from 'react';
import type { LogEntry } from '../../src/security-log/entry.ts';
import type { LogRow } from '../../src/security-log/live-log.ts';
import { ours, type Untrusted } from '../../src/text/brand.ts';
import { terminalJson } from '../../src/text/json.ts';
import { localDateTime } from '../../src/text/time.ts';
import { visible } from '../../src/text/visible.ts';
import { Detail, type DetailItem } from '../widgets/detail.tsx';
import { own, words } from '../words.ts';
import { noticeTone, severityTone } from './log-columns.ts';

export function LogEntryDetail({ row, width, height }: { row: LogRow | undefined; width: number; height: number }) {
  const items = useMemo(() => (row ? itemsOf(row) : GONE), [row]);
  return <Detail name={`log:${row?.key ?? ''}`} items={items} width={width} height={height} />;
}

function itemsOf({ item }: LogRow): DetailItem[] {
  if (item.kind === 'entry') return entryItems(item.entry);
  return [
    { kind: 'field', label: ours('Notice'), value: own(item.notice), tone: noticeTone(item.notice) },
    { kind: 'field', label: ours('What'), value: visible(item.text) },
    { kind: 'field', label: ours('File'), value: visible(item.file) },
  ];
}

function entryItems(entry: LogEntry): DetailItem[] {
  const { source, severity } = entry;
  const members: [label: string, text: Untrusted | null][] = [
    ['Category', entry.category],
    ['Type', entry.type],
    ['Agent', entry.agentName],
    ['Agent id', entry.agentId],
    ['Action', entry.action],
    ['Resource', entry.resource],
    ['Result', entry.result],
    ['Correlation', entry.correlationId],
    ['Session', entry.sessionId],
  ];
  const json = jsonOf(entry);
  return [
    {
      kind: 'field',
      label: ours('Time'),
      value: entry.time ? words`${localDateTime(entry.time)}  (${own(entry.time)})` : ours('none'),
    },
    {
      kind: 'field',
      label: ours('Severity'),
      value: own(severity ?? 'none'),
      tone: severity ? severityTone[severity] : 'muted',
    },
    ...members.flatMap(([label, text]): DetailItem[] =>
      text === null ? [] : [{ kind: 'field', label: own(label), value: visible(text, { max: LONGEST }) }],
    ),
    {
      kind: 'field',
      label: ours('Written in'),
      value: words`${visible(source.file)}, byte ${source.offset}, as ${own(entry.format)}`,
    },
    { kind: 'gap' },
    { kind: 'quote', label: ours('Message, as it was logged'), text: visible(entry.message, { lines: 'many', max: LONGEST }) },
    ...(entry.error === null
      ? []
      : [
          {
            kind: 'quote' as const,
            label: ours('Error, as it was logged'),
            text: visible(entry.error, { lines: 'many', max: LONGEST }),
          },
        ]),
    { kind: 'gap' },
    { kind: 'quote', label: json.label, text: json.text },
  ];
}

function jsonOf(entry: LogEntry) {
  try {
    const value: unknown = entry.format === 'aim' || entry.raw.startsWith('{') ? JSON.parse(entry.raw) : null;
    if (value !== null)
      return { label: ours('The line as JSON'), text: visible(terminalJson(value, 2), { lines: 'many', max: LONGEST }) };
  } catch {
    // Half a line, or no JSON at all: shown as it is.
  }
  return { label: ours('The line'), text: visible(entry.raw, { max: LONGEST }) };
}

const LONGEST = 20_000;
const GONE: DetailItem[] = [{ kind: 'line', runs: [ours('This line is no longer kept here. The file still has it.')] }];
