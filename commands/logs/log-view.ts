// One line of a log for a person: when, how severe, what, whose, and in which words.

import type { LogItem } from '../../src/security-log/entry.ts';
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
    title: 'Message',
    value: (item) => (item.kind === 'entry' ? item.entry.message : visibleNotice(item)),
    grow: true,
  },
];

export const logLine: View<LogItem> = tableView({ rows: (item: LogItem) => [item], columns, empty: '' });

const visibleNotice = ({ text }: Extract<LogItem, { kind: 'notice' }>) => asUntrusted(text);
