// One line of a log for a person: when, how severe, what, whose, and in which words.

import type { LogItem } from '../../src/security-log/entry.ts';
import { gistOf } from '../../src/security-log/gist.ts';
import { asUntrusted, ours } from '../../src/text/brand.ts';
import { type Column, tableView, type View } from '../output/view.ts';

const columns: readonly Column<LogItem>[] = [
  { key: 'time', title: 'Time', value: (item) => (item.kind === 'entry' ? item.entry.time : null), format: 'time' },
  {
    key: 'severity',
    title: 'Severity',
    value: (item) =>
      item.kind === 'notice'
        ? ours(item.notice.toUpperCase())
        : item.entry.severity === null
          ? ours('-')
          : ours(item.entry.severity),
  },
  {
    key: 'type',
    title: 'Type',
    value: (item) => (item.kind === 'entry' ? (item.entry.type ?? ours(item.entry.format)) : null),
  },
  {
    key: 'agent',
    title: 'Agent',
    value: (item) => (item.kind === 'entry' ? (item.entry.agentName ?? item.entry.agentId) : null),
  },
  // A notice is our sentence, with the path in it that somebody chose.
  {
    key: 'message',
    title: 'What',
    value: (item) => asUntrusted(item.kind === 'entry' ? gistOf(item.entry).join('  ') : item.text),
    grow: true,
  },
];

export const logLine: View<LogItem> = tableView({ rows: (item: LogItem) => [item], columns, empty: '' });
