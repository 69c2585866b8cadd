// One line of `aim events tail` for a person: when, what came of it, who, what, on what.

import { asUntrusted, ours } from '../../src/text/brand.ts';
import { outcomeOf } from '../../src/wire/event.ts';
import { type Cell, type Column, tableView, type View } from '../output/view.ts';
import type { TailRecord } from './tail.ts';

type Line = { at: Cell; word: Cell; who: Cell; what: Cell; on: Cell; because: Cell };

const columns: readonly Column<TailRecord>[] = [
  { key: 'at', title: 'Time', value: (record) => lineOf(record).at, format: 'time' },
  { key: 'outcome', title: 'Outcome', value: (record) => lineOf(record).word },
  { key: 'agentName', title: 'Agent', value: (record) => lineOf(record).who },
  { key: 'action', title: 'Action', value: (record) => lineOf(record).what },
  { key: 'resource', title: 'Resource', value: (record) => lineOf(record).on },
  { key: 'reason', title: 'Reason', value: (record) => lineOf(record).because, grow: true },
];

export const tailView: View<TailRecord> = tableView({ rows: (record: TailRecord) => [record], columns, empty: '' });

function lineOf(record: TailRecord): Line {
  const empty = { who: null, what: null, on: null, because: null };
  switch (record.type) {
    case 'gap': {
      const many = record.missed === null ? 'Some events' : `${record.missed} ${record.missed === 1 ? 'event' : 'events'}`;
      return {
        ...empty,
        at: record.at,
        word: ours('GAP'),
        who: ours(`${many} ${record.filled ? 'fetched afterwards' : 'missed'}`),
      };
    }
    case 'link':
      return { ...empty, at: record.at, word: ours('LINK'), who: ours(record.link.state) };
    case 'verification': {
      const { subject } = record;
      return {
        at: record.at,
        word: ours(outcomeOf(subject)),
        who: subject.agentName,
        what: subject.action,
        on: subject.resource,
        because: subject.errorReason,
      };
    }
    case 'approval': {
      const { subject } = record;
      return {
        at: record.at,
        word: asUntrusted(`${record.type} ${subject.status}`),
        who: subject.agentName,
        what: subject.capability,
        on: subject.resource,
        because: subject.denialReason ?? subject.pendingReason,
      };
    }
    case 'agent':
      return {
        ...empty,
        at: record.at,
        word: ours(`agent ${record.change}`),
        who: record.subject.name,
        what: asUntrusted(record.subject.status),
      };
    case 'grant': {
      const { subject } = record;
      return {
        ...empty,
        at: record.at,
        word: ours(`grant ${record.change}`),
        who: subject.agentName,
        what: subject.capability,
        on: subject.resource,
      };
    }
    case 'alert':
      return {
        ...empty,
        at: record.at,
        word: ours(`alert ${record.subject.severity}`),
        who: record.subject.agentName,
        what: record.subject.title,
      };
    case 'audit':
      return {
        ...empty,
        at: record.at,
        word: ours('audit'),
        who: record.subject.userName ?? record.subject.agentName,
        what: record.subject.action,
        on: record.subject.resourceType,
      };
    default:
      return { ...empty, at: record.at, word: ours(`${record.type} ${record.change}`) };
  }
}
