// `aim approvals watch`: requests as they come and are decided, with every gap as a record of its own.

import { z } from 'zod';
import type { StreamItem } from '../../src/http/api.ts';
import { asUntrusted, ours } from '../../src/text/brand.ts';
import type { StreamChange } from '../../src/wire/event.ts';
import type { Timestamp } from '../../src/wire/scalars.ts';
import type { ApprovalRequest } from '../../src/wire/verification.ts';
import { type ActionContext, defineAction } from '../action.ts';
import { filterOf } from '../filter-of.ts';
import { orQuiet } from '../or-quiet.ts';
import { type Column, tableView } from '../output/view.ts';
import { streamOptions } from '../stream-options.ts';
import { patienceOf, tooLong } from './wait.ts';

/** One line of it with --json; the same form as `aim events tail`. */
export type WatchRecord =
  /** `position` is null for what was there before the stream began. */
  | { type: 'approval'; position: string | null; at: Timestamp | null; change: StreamChange; subject: ApprovalRequest }
  | { type: 'gap'; at: Timestamp; missed: number | null; filled: boolean; from: Timestamp | null; to: Timestamp }
  | { type: 'link'; at: Timestamp; link: Extract<StreamItem, { kind: 'link' }>['link'] };

type WatchOptions = {
  since?: Timestamp | undefined;
  until?: Timestamp | undefined;
  cursor?: string | undefined;
  limit?: number | undefined;
  filter?: string | undefined;
  exitOn?: string | undefined;
  follow: boolean;
  link: boolean;
  waiting: boolean;
  wait: boolean;
};

export const watch = defineAction({
  id: 'approvals.watch',
  summary: 'Print requests as they come and are decided',
  description:
    'Begins with those that wait, or with --since those that were asked for since then. What was missed while the link was down is a record of type gap. With --wait it ends with the first that is decided, or at --timeout (exit 11).',
  examples: [
    { command: 'approvals watch --json', summary: 'For a program that tells people' },
    { command: 'approvals watch --wait --timeout 10m', summary: 'Until somebody has decided something' },
    { command: 'approvals watch --exit-on "risk:critical"', summary: 'Until something critical comes' },
  ],
  args: {},
  options: {
    ...streamOptions,
    waiting: { summary: 'Leave out those that wait already', schema: z.boolean().default(true) },
    wait: { summary: 'End with the first that is decided, or at --timeout (exit 11)', schema: z.boolean().default(false) },
  },
  async *stream(context, _, options): AsyncGenerator<WatchRecord> {
    const [fits, isLast] = [filterOf(options.filter), filterOf(options.exitOn)];
    let left = options.limit ?? Number.POSITIVE_INFINITY;
    for await (const record of recordsOf(context, options)) {
      if (record.type === 'link' && !options.link) continue;
      if (record.type === 'approval' && fits !== null && !fits(record.subject)) continue;
      yield record;
      if (record.type !== 'approval') continue;
      left--;
      if (left <= 0 || isLast?.(record.subject)) return;
      if (options.wait && record.position !== null && record.subject.status !== 'pending') return;
    }
  },
  line: tableView({ rows: (record: WatchRecord) => [record], columns: watchColumns(), empty: '' }),
});

async function* recordsOf(context: ActionContext, options: WatchOptions): AsyncGenerator<WatchRecord> {
  const { api, signal } = context;
  const patience = options.wait ? patienceOf(context) : null;
  const ended = new AbortController();
  const until = AbortSignal.any([signal, ended.signal, ...(patience === null ? [] : [patience.signal])]);
  // The stream is opened before the list is read, so that nothing falls between the two.
  const live = api.events.stream({ types: ['approval'], after: options.cursor, signal: until })[Symbol.asyncIterator]();
  try {
    let next = live.next();
    next.catch(() => {}); // looked at below
    if (options.cursor === undefined) yield* standing(context, options);
    while (options.follow || options.cursor !== undefined) {
      const item = await (options.follow ? next : orQuiet(next));
      if (item === null || item.done) break;
      next = live.next();
      next.catch(() => {});
      const record = recordOf(item.value);
      if (record === null) continue;
      if (options.until !== undefined && record.at !== null && record.at > options.until) return;
      yield record;
    }
    if (patience?.signal.aborted && !signal.aborted) throw tooLong(null);
  } finally {
    ended.abort();
    patience?.end();
  }
}

/** What is there already, oldest first. */
async function* standing({ api, signal }: ActionContext, { since, until, waiting }: WatchOptions): AsyncGenerator<WatchRecord> {
  if (!waiting && since === undefined) return;
  const found: ApprovalRequest[] = [];
  let cursor: string | undefined;
  do {
    const page = await api.approvals.list({ status: since === undefined ? 'pending' : 'all', limit: 100, cursor, signal });
    found.push(...page.items);
    cursor = page.nextCursor === cursor ? undefined : (page.nextCursor ?? undefined);
  } while (cursor !== undefined);
  for (const subject of found.sort((one, other) => (time(one) < time(other) ? -1 : 1))) {
    if ((since !== undefined && time(subject) < since) || (until !== undefined && time(subject) > until)) continue;
    yield { type: 'approval', position: null, at: subject.requestedAt, change: 'created', subject };
  }
}

const time = ({ requestedAt }: ApprovalRequest): string => requestedAt ?? '';

function recordOf(item: StreamItem): WatchRecord | null {
  const now = new Date().toISOString() as Timestamp;
  if (item.kind === 'link') return { type: 'link', at: now, link: item.link };
  if (item.kind === 'event') return item.event.type === 'approval' ? item.event : null;
  const { missed, filled, from, to } = item;
  return { type: 'gap', at: now, missed, filled, from, to };
}

function watchColumns(): readonly Column<WatchRecord>[] {
  const of = (value: (request: ApprovalRequest) => ReturnType<Column<WatchRecord>['value']>) => (record: WatchRecord) =>
    record.type === 'approval' ? value(record.subject) : null;
  return [
    {
      key: 'requestedAt',
      title: 'Asked',
      value: (record) => (record.type === 'approval' ? record.subject.requestedAt : record.at),
      format: 'time',
    },
    {
      key: 'status',
      title: 'Status',
      value: (record) => ours(record.type === 'approval' ? record.subject.status : record.type.toUpperCase()),
    },
    { key: 'riskLevel', title: 'Risk', value: of((request) => ours(request.riskLevel)) },
    {
      key: 'agentName',
      title: 'Agent',
      value: (record) =>
        record.type === 'approval'
          ? record.subject.agentName
          : ours(record.type === 'gap' ? `${record.missed ?? 'some'} missed` : record.link.state),
    },
    { key: 'capability', title: 'Capability', value: of((request) => request.capability) },
    { key: 'resource', title: 'Resource', value: of((request) => request.resource) },
    { key: 'id', title: 'Id', value: of((request) => asUntrusted(request.id)), format: 'id' },
  ];
}
