// `aim users`: the people of the organisation, what they may do, and in which groups they review.

import { z } from 'zod';
import { roles } from '../../src/wire/session.ts';
import { type Action, type Argument, defineAction } from '../action.ts';
import { reasonOption } from '../change-options.ts';
import { list, listOptions } from '../lists.ts';
import { callForRow, column, idArgument, rowPages, rowRecord, rowTable } from '../rows.ts';

const path = '/api/v1/admin/users';
const registrations = '/api/v1/admin/registration-requests';
const subject = 'users';
const user = { ...idArgument('The person, by id', 'users.ls', 'users.requests'), subject: 'user' } as const;
const columns = [
  column('email', 'Email', { grow: true }),
  column('role', 'Role'),
  column('status', 'Status'),
  column('groups', 'Groups', { giveUp: 2 }),
  column('lastLoginAt', 'Last sign-in', { format: 'age', giveUp: 1 }),
  column('id', 'Id', { format: 'id' }),
];
const admin = { needs: 'admin', risk: 'change' } as const;

const role: Argument<(typeof roles)[number]> = {
  summary: `One of ${roles.join(', ')}`,
  parse: (text) => z.enum(roles, `a role is one of ${roles.join(', ')}`).parse(text),
  complete: async (partial) => roles.filter((word) => word.startsWith(partial)).map((value) => ({ value })),
};

const ls = defineAction({
  id: 'users.ls',
  summary: 'List the people of the organisation',
  args: {},
  options: listOptions,
  needs: 'admin',
  run: (context, _, options) => list(rowPages(context, { path, subject }), options),
  view: rowTable('Nobody.', columns),
});

const requests = defineAction({
  id: 'users.requests',
  summary: 'List who asks to be let in, and who was turned away',
  description:
    'For servers on which people register themselves. aim users admit lets somebody in, aim users refuse turns them away.',
  args: {},
  options: {
    status: { summary: 'Only those in this state', schema: z.enum(['pending', 'rejected']).optional() },
    ...listOptions,
  },
  needs: 'admin',
  run: (context, _, { status, ...options }) =>
    list(rowPages(context, { path: registrations, query: { status }, subject }), options),
  view: rowTable('Nobody asks.', [
    column('email', 'Email', { grow: true }),
    column('firstName', 'First name', { giveUp: 2 }),
    column('lastName', 'Last name', { giveUp: 2 }),
    column('status', 'Status'),
    column('requestedAt', 'Asked', { format: 'age', giveUp: 1 }),
    column('id', 'Id', { format: 'id' }),
  ]),
});

const create = defineAction({
  id: 'users.create',
  summary: 'Let a person in; their first password is shown once',
  examples: [{ command: 'users create li@example.com --role manager --group on-call', summary: 'A manager who reviews' }],
  args: { email: { summary: 'The e-mail address', parse: (text) => text.trim() } as Argument<string> },
  options: {
    name: { summary: 'The name', value: 'TEXT', schema: z.string().max(200).optional() },
    role: { summary: 'What they may do', schema: z.enum(roles).default('viewer') },
    group: {
      summary: 'A group in which they review; give it again for more',
      value: 'NAME',
      schema: z.array(z.string().min(1)).default([]),
      repeatable: true,
    },
  },
  ...admin,
  run: (context, { email }, { group, ...rest }) =>
    callForRow(context, { method: 'POST', path, body: { email, groups: group, ...rest }, subject }),
  view: rowRecord([column('email', 'Email'), column('password', 'Password, shown only now'), column('role', 'Role')]),
});

const setRole = defineAction({
  id: 'users.role',
  summary: 'Change what a person may do',
  args: { user, role },
  options: {},
  ...admin,
  risk: 'dangerous',
  run: (context, args) =>
    callForRow(context, { method: 'PUT', path: `${path}/${args.user}/role`, body: { role: args.role }, subject }),
  view: rowRecord(columns),
});

const setGroups = defineAction({
  id: 'users.groups',
  summary: 'Set the groups in which a person reviews; without any, none',
  args: { user, groups: { summary: 'The groups', optional: true, variadic: true, parse: (text: string) => text } },
  options: {},
  ...admin,
  run: (context, args) =>
    callForRow(context, { method: 'PUT', path: `${path}/${args.user}/groups`, body: { groups: args.groups }, subject }),
  view: rowRecord(columns),
});

const admit = (verb: 'activate' | 'deactivate', summary: string) =>
  defineAction({
    id: `users.${verb}`,
    summary,
    args: { user },
    options: {},
    ...admin,
    risk: 'dangerous',
    becomes: { status: verb === 'activate' ? 'active' : 'deactivated' },
    run: (context, args) => callForRow(context, { method: 'POST', path: `${path}/${args.user}/${verb}`, subject }),
    view: rowRecord(columns),
  });

const registration = (verb: 'admit' | 'refuse', summary: string) =>
  defineAction({
    id: `users.${verb}`,
    summary,
    description: 'For servers on which people register themselves: aim users requests lists them, with their ids.',
    args: { user },
    options: verb === 'refuse' ? { reason: reasonOption } : {},
    ...admin,
    risk: 'dangerous',
    run: (context, args, { reason }: { reason?: string | undefined }) =>
      callForRow(context, {
        method: 'POST',
        path: `${registrations}/${args.user}/${verb === 'admit' ? 'approve' : 'reject'}`,
        body: reason === undefined ? undefined : { reason },
        subject,
      }),
    view: rowRecord(columns),
  });

const remove = defineAction({
  id: 'users.delete',
  summary: 'Remove a person for good',
  args: { user },
  options: {},
  ...admin,
  risk: 'named',
  becomes: { deleted: true },
  run: (context, args) => callForRow(context, { method: 'DELETE', path: `${path}/${args.user}`, subject }),
  view: rowRecord([]),
});

const removeKey = defineAction({
  id: 'users.remove-key',
  summary: 'Remove the key that signs a person’s receipts, so that they can register another',
  args: { user },
  options: {},
  ...admin,
  risk: 'dangerous',
  run: (context, args) => callForRow(context, { method: 'DELETE', path: `${path}/${args.user}/review-key`, subject }),
  view: rowRecord(columns),
});

export const userActions: readonly Action[] = [
  ls,
  requests,
  create,
  setRole,
  setGroups,
  admit('activate', 'Let a person in again'),
  admit('deactivate', 'Keep a person out; their sessions end'),
  registration('admit', 'Let in a person who asked to be registered'),
  registration('refuse', 'Refuse a person who asked to be registered'),
  remove,
  removeKey,
];
