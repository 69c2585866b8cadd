// `aim approvals comment|escalate|watch|history|grants|revoke`: what happens around a decision.

import { z } from 'zod';
import type { Page } from '../../src/http/api.ts';
import { asUntrusted, ours, type Untrusted } from '../../src/text/brand.ts';
import { grantId, verificationId } from '../../src/wire/scalars.ts';
import type { ApprovalRequest, Grant } from '../../src/wire/verification.ts';
import { type Action, type ActionContext, type Argument, defineAction } from '../action.ts';
import { changeOptions } from '../change-options.ts';
import { filterOf, list, listOptions, moreHint } from '../lists.ts';
import { type Pages, rowsOf } from '../output/pages.ts';
import { type Column, tableView, type View } from '../output/view.ts';
import { approvalTable } from './views.ts';

const id = {
  summary: 'The request, by its id',
  subject: 'approval',
  parse: (text: string) => verificationId.parse(text.trim()),
} as const;

const comment = defineAction({
  id: 'approvals.comment',
  summary: 'Say something about a request to the other reviewers',
  args: { id, text: { summary: 'The words', parse: (text) => text as Untrusted } as Argument<Untrusted> },
  options: {},
  needs: 'member',
  risk: 'change',
  feature: 'approvals.comments',
  run: ({ api, signal }, args) => api.approvals.comment(args.id, args.text, { signal }),
  view: {
    kind: 'text',
    lines: ({ comments }) => comments.map(({ byEmail, text, at }) => [at, ours(' '), byEmail, ours(': '), text]),
  },
});

const escalate = defineAction({
  id: 'approvals.escalate',
  summary: 'Ask for reviewers with a higher role',
  args: { id },
  options: changeOptions,
  needs: 'member',
  risk: 'change',
  run: ({ api, signal }, args, options) => api.approvals.escalate(args.id, { ...options, signal }),
  view: { kind: 'text', lines: (request) => [[ours('Escalated '), asUntrusted(request.id), ours('.')]] },
});

const watchColumns: readonly Column<ApprovalRequest>[] = [
  { key: 'requestedAt', title: 'Asked', value: (request) => request.requestedAt, format: 'time' },
  { key: 'status', title: 'Status', value: (request) => ours(request.status) },
  { key: 'riskLevel', title: 'Risk', value: (request) => ours(request.riskLevel) },
  { key: 'agentName', title: 'Agent', value: (request) => request.agentName },
  { key: 'capability', title: 'Capability', value: (request) => request.capability },
  { key: 'resource', title: 'Resource', value: (request) => request.resource },
  { key: 'id', title: 'Id', value: (request) => asUntrusted(request.id), format: 'id' },
];

const watch = defineAction({
  id: 'approvals.watch',
  summary: 'Print requests as they come and are decided',
  description: 'Begins with those that wait. With --wait it ends with the first that is decided, or at --timeout (exit 11).',
  examples: [{ command: 'approvals watch --json', summary: 'For a program that tells people' }],
  args: {},
  options: {
    filter: { summary: 'Only what fits, as the / of the dashboard', value: 'TEXT', schema: z.string().optional() },
    waiting: { summary: 'Leave out those that wait already', schema: z.boolean().default(true) },
    limit: { summary: 'End after so many', value: 'N', schema: z.coerce.number().int().min(1).optional() },
  },
  async *stream(context, _, options): AsyncGenerator<ApprovalRequest> {
    const fits = filterOf(options.filter);
    let left = options.limit ?? Number.POSITIVE_INFINITY;
    for await (const request of requestsOf(context, options.waiting)) {
      if (fits !== null && !fits(request)) continue;
      yield request;
      if (--left <= 0) return;
    }
  },
  line: tableView({ rows: (request: ApprovalRequest) => [request], columns: watchColumns, empty: '' }),
});

async function* requestsOf({ api, signal }: ActionContext, waiting: boolean): AsyncGenerator<ApprovalRequest> {
  const ended = new AbortController();
  const live = api.events
    .stream({ types: ['approval'], signal: AbortSignal.any([signal, ended.signal]) })
    [Symbol.asyncIterator]();
  try {
    let next = live.next();
    next.catch(() => {}); // looked at below
    if (waiting) yield* (await api.approvals.list({ status: 'pending', limit: 100, signal })).items;
    for (;;) {
      const item = await next;
      if (item.done) return;
      next = live.next();
      next.catch(() => {});
      if (item.value.kind === 'event' && item.value.event.type === 'approval') yield item.value.event.subject;
    }
  } finally {
    ended.abort();
  }
}

const history = defineAction({
  id: 'approvals.history',
  summary: 'List requests that were decided or have ended, newest first',
  args: {},
  options: listOptions,
  run: ({ api, signal }, _, options) =>
    list((page) => api.approvals.list({ ...page, status: 'all', signal }), {
      ...options,
      filter: `!status:pending ${options.filter ?? ''}`,
    }),
  view: approvalTable,
});

const grantColumns: readonly Column<Grant>[] = [
  { key: 'id', title: 'Id', value: (grant) => asUntrusted(grant.id), format: 'id' },
  { key: 'agentName', title: 'Agent', value: (grant) => grant.agentName ?? asUntrusted(grant.agentId) },
  { key: 'capability', title: 'Capability', value: (grant) => grant.capability },
  { key: 'resource', title: 'Resource', value: (grant) => grant.resource, grow: true },
  { key: 'usesLeft', title: 'Uses left', value: (grant) => grant.usesLeft, format: 'number' },
  { key: 'expiresAt', title: 'Ends', value: (grant) => grant.expiresAt, format: 'time' },
  { key: 'revokedAt', title: 'Revoked', value: (grant) => grant.revokedAt, format: 'time', giveUp: 1 },
];

const grantTable: View<Page<Grant> | Pages<Grant>> = tableView({
  rows: rowsOf<Grant>,
  columns: grantColumns,
  empty: 'No grants.',
  next: (result) => moreHint('approvals grants')(result) ?? 'Take one back: aim approvals revoke ID',
});

const grants = defineAction({
  id: 'approvals.grants',
  summary: 'List the permissions that approvals made',
  args: {},
  options: listOptions,
  feature: 'approvals.grant',
  run: ({ api, signal }, _, options) => list((page) => api.approvals.grants({ ...page, signal }), options),
  view: grantTable,
});

const revoke = defineAction({
  id: 'approvals.revoke',
  summary: 'Take back a permission that an approval made',
  examples: [{ command: 'approvals revoke 6f1c… --yes', summary: 'At once' }],
  args: { grant: { summary: 'The grant, by its id', subject: 'grant', parse: (text: string) => grantId.parse(text.trim()) } },
  options: changeOptions,
  needs: 'member',
  risk: 'dangerous',
  commandLineOnly: true,
  feature: 'approvals.grant',
  run: ({ api, signal }, args, options) => api.approvals.revokeGrant(args.grant, { ...options, signal }),
  view: { kind: 'record', fields: grantColumns },
});

export const moreApprovalActions: readonly Action[] = [comment, escalate, watch, history, grants, revoke];
