// `aim requests`: agents that ask for a capability to keep, and the decision about it.

import { z } from 'zod';
import { type Action, defineAction } from '../action.ts';
import { reasonOption } from '../change-options.ts';
import { list, listOptions } from '../lists.ts';
import { callForRow, column, idArgument, rowPages, rowRecord, rowTable } from '../rows.ts';

const path = '/api/v1/admin/capability-requests';
const subject = 'requests';
const request = { ...idArgument('The request, by its id', 'requests.ls'), subject: 'request' } as const;
const columns = [
  column('id', 'Id', { format: 'id' }),
  column('agentName', 'Agent'),
  column('capabilityType', 'Capability', { grow: true }),
  column('status', 'Status'),
  column('requestedAt', 'Asked', { format: 'age' }),
  column('reason', 'It says', { giveUp: 1 }),
];

const ls = defineAction({
  id: 'requests.ls',
  summary: 'List the capabilities that agents ask for',
  examples: [{ command: 'requests ls --status pending', summary: 'What waits' }],
  args: {},
  options: {
    status: { summary: 'Only those in this state', schema: z.enum(['pending', 'approved', 'rejected']).optional() },
    ...listOptions,
  },
  needs: 'admin',
  run: (context, _, { status, ...options }) => list(rowPages(context, { path, subject, query: { status } }), options),
  view: rowTable('No requests.', columns),
});

const show = defineAction({
  id: 'requests.show',
  summary: 'Show one request for a capability',
  args: { request },
  options: {},
  needs: 'admin',
  run: (context, args) => callForRow(context, { path: `${path}/${args.request}`, subject }),
  view: rowRecord(columns),
});

const decide = (verb: 'approve' | 'reject', summary: string) =>
  defineAction({
    id: `requests.${verb}`,
    summary,
    args: { request },
    options: { reason: reasonOption },
    needs: 'admin',
    risk: verb === 'approve' ? 'dangerous' : 'change',
    becomes: { status: verb === 'approve' ? 'approved' : 'rejected' },
    run: (context, args, { reason }) =>
      callForRow(context, { method: 'POST', path: `${path}/${args.request}/${verb}`, body: { reason }, subject }),
    view: rowRecord(columns),
  });

export const requestActions: readonly Action[] = [
  ls,
  show,
  decide('approve', 'Give the agent the capability that it asks for'),
  decide('reject', 'Refuse the agent the capability that it asks for'),
];
