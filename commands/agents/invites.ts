// `aim agents invites`: tokens that bring one agent in, each good for minutes and once, so that no person's sign-in is on its machine.

import { z } from 'zod';
import { type Action, type Argument, defineAction } from '../action.ts';
import { seconds } from '../approvals/seconds.ts';
import { idempotencyKeyOption } from '../change-options.ts';
import { list, listOptions } from '../lists.ts';
import { callForRow, column, idArgument, rowPages, rowRecord, rowTable } from '../rows.ts';

const path = '/api/v1/onboarding/bootstrap-tokens';
const subject = 'invites';
const columns = [
  column('name', 'For', { grow: true }),
  column('agentName', 'Agent', { grow: true }),
  column('status', 'Status'),
  column('expiresAt', 'Ends', { format: 'time' }),
  column('usedAt', 'Used', { format: 'age', giveUp: 1 }),
  column('id', 'Id', { format: 'id' }),
];

const ls = defineAction({
  id: 'agents.invites.ls',
  summary: 'List the tokens that register an agent; never the tokens themselves',
  args: {},
  options: listOptions,
  needs: 'member',
  run: (context, _, options) => list(rowPages(context, { path, subject }), options),
  view: rowTable('Nobody is invited.', columns),
});

const create = defineAction({
  id: 'agents.invites.create',
  summary: 'Make a token that registers one agent; it is shown once',
  description:
    'Whoever has it may register one agent, once, until it ends. The SDKs take it from AIM_BOOTSTRAP_TOKEN. Never put it into an address: a token that comes in one is revoked.',
  examples: [
    { command: 'agents invites create billing-bot --for 10m', summary: 'For an agent of this name, and no other' },
    { command: 'agents invites create billing-bot --template "{{token}}"', summary: 'Only the token, for a program' },
  ],
  args: {
    name: {
      summary: 'The only name that it may register',
      optional: true,
      parse: (text) => z.string().trim().min(1).max(200).parse(text),
    } as Argument<string> & { optional: true },
  },
  options: {
    for: {
      summary: 'How long it is good: 30s to 1h (default 15m)',
      value: 'TIME',
      schema: seconds.pipe(z.number().min(30, 'it is less than 30s').max(3600, 'it is more than 1h')).optional(),
    },
    note: { summary: 'What it is for, in the list', value: 'TEXT', schema: z.string().max(200).optional() },
    idempotencyKey: idempotencyKeyOption,
  },
  needs: 'member',
  risk: 'change',
  run: (context, { name }, { for: ttlSeconds, note, idempotencyKey }) =>
    callForRow(context, {
      method: 'POST',
      path,
      body: { name: note, agentName: name, ttlSeconds },
      idempotencyKey,
      subject,
    }),
  view: rowRecord([column('token', 'Token, shown only now'), column('expiresAt', 'Ends', { format: 'time' }), ...columns]),
});

const revoke = defineAction({
  id: 'agents.invites.revoke',
  summary: 'End a token that no agent used yet',
  args: { invite: idArgument('The token, by its id', 'agents.invites.ls') },
  options: {},
  needs: 'member',
  risk: 'change',
  becomes: { status: 'revoked' },
  run: (context, { invite }) => callForRow(context, { method: 'POST', path: `${path}/${invite}/revoke`, subject }),
  view: rowRecord(columns),
});

export const inviteActions: readonly Action[] = [ls, create, revoke];
