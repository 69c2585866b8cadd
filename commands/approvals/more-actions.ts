// `aim approvals comment|escalate|watch|history|grants|revoke`: what happens around a decision.

import type { Page } from '../../src/http/api.ts';
import { asUntrusted, ours, type Untrusted } from '../../src/text/brand.ts';
import { grantId, verificationId } from '../../src/wire/scalars.ts';
import type { Grant } from '../../src/wire/verification.ts';
import { type Action, type Argument, defineAction } from '../action.ts';
import { changeOptions } from '../change-options.ts';
import { list, listOptions, moreHint } from '../lists.ts';
import { type Pages, rowsOf } from '../output/pages.ts';
import { type Column, tableView, type View } from '../output/view.ts';
import { requestLists } from './request-argument.ts';
import { approvalTable } from './views.ts';
import { waitOption, whenDecided } from './wait.ts';
import { watch } from './watch.ts';

const id = {
  summary: 'The request, by its id',
  subject: 'approval',
  listedBy: requestLists,
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
  options: { ...changeOptions, wait: waitOption },
  needs: 'member',
  risk: 'change',
  run: async (context, args, { wait, ...options }) => {
    const { api, signal } = context;
    const escalated = await api.approvals.escalate(args.id, { ...options, signal });
    return wait ? whenDecided(args.id, context) : escalated;
  },
  view: { kind: 'text', lines: (request) => [[ours('Escalated '), asUntrusted(request.id), ours('.')]] },
});

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
  next: (result) => moreHint(result) ?? (rowsOf(result).length > 0 ? 'Take one back: aim approvals revoke ID' : null),
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
  args: {
    grant: {
      summary: 'The grant, by its id',
      subject: 'grant',
      listedBy: ['approvals.grants'],
      parse: (text: string) => grantId.parse(text.trim()),
    },
  },
  options: changeOptions,
  needs: 'member',
  risk: 'dangerous',
  commandLineOnly: true,
  feature: 'approvals.grant',
  becomes: { revoked: true },
  run: ({ api, signal }, args, options) => api.approvals.revokeGrant(args.grant, { ...options, signal }),
  view: { kind: 'record', fields: grantColumns },
});

export const moreApprovalActions: readonly Action[] = [comment, escalate, watch, history, grants, revoke];
