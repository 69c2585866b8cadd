// `aim policies`: what blocks, what alerts, and how many people have to say yes.

import { z } from 'zod';
import { UsageError } from '../../src/errors.ts';
import { newPolicy, policyChange } from '../../src/wire/requests/administration.ts';
import { type Action, defineAction } from '../action.ts';
import { list, listOptions } from '../lists.ts';
import { callForRow, column, idArgument, rowPages, rowRecord, rowTable } from '../rows.ts';

const path = '/api/v1/admin/security-policies';
const approvals = '/api/v1/admin/approval-settings';
const subject = 'policies';
const policy = idArgument('The policy, by its id');
const columns = [
  column('priority', 'Priority', { format: 'number' }),
  column('name', 'Name', { grow: true }),
  column('policyType', 'Type'),
  column('enforcementAction', 'Does'),
  column('appliesTo', 'Applies to', { giveUp: 1 }),
  column('isEnabled', 'On'),
  column('id', 'Id', { format: 'id' }),
];
const from = {
  summary: 'The policy as JSON; - reads standard input, @FILE a file',
  value: 'JSON',
  schema: z.string(),
  readable: true,
} as const;

const ls = defineAction({
  id: 'policies.ls',
  summary: 'List the policies in the order in which they are asked',
  args: {},
  options: listOptions,
  needs: 'admin',
  run: (context, _, options) => list(rowPages(context, { path, subject }), options),
  view: rowTable('policies ls', 'No policies.', columns),
});

const show = defineAction({
  id: 'policies.show',
  summary: 'Show one policy',
  args: { policy },
  options: {},
  needs: 'admin',
  run: (context, args) => callForRow(context, { path: `${path}/${args.policy}`, subject }),
  view: rowRecord(columns),
});

const create = defineAction({
  id: 'policies.create',
  summary: 'Add a policy',
  examples: [{ command: 'policies create --from @policy.json', summary: 'From a file' }],
  args: {},
  options: { from },
  needs: 'admin',
  risk: 'dangerous',
  run: async (context, _, options) =>
    callForRow(context, { method: 'POST', path, body: readPolicy(options.from, newPolicy), subject }),
  view: rowRecord(columns),
});

const edit = defineAction({
  id: 'policies.edit',
  summary: 'Change a policy',
  examples: [{ command: `policies edit 6f1c… --from '{"priority":10}'`, summary: 'One member of it' }],
  args: { policy },
  options: { from },
  needs: 'admin',
  risk: 'dangerous',
  run: async (context, args, options) =>
    callForRow(context, {
      method: 'PUT',
      path: `${path}/${args.policy}`,
      body: readPolicy(options.from, policyChange),
      subject,
    }),
  view: rowRecord(columns),
});

const toggle = (verb: 'enable' | 'disable', summary: string) =>
  defineAction({
    id: `policies.${verb}`,
    summary,
    args: { policy },
    options: {},
    needs: 'admin',
    risk: 'dangerous',
    run: (context, args) =>
      callForRow(context, {
        method: 'PATCH',
        path: `${path}/${args.policy}/toggle`,
        body: { isEnabled: verb === 'enable' },
        subject,
      }),
    view: rowRecord(columns),
  });

const remove = defineAction({
  id: 'policies.delete',
  summary: 'Remove a policy',
  args: { policy },
  options: {},
  needs: 'admin',
  risk: 'named',
  becomes: { deleted: true },
  run: (context, args) => callForRow(context, { method: 'DELETE', path: `${path}/${args.policy}`, subject }),
  view: rowRecord([]),
});

const showApprovals = defineAction({
  id: 'policies.approvals',
  summary: 'Show, or with --from replace, the rules of approval',
  description:
    'How many approve and of which groups, how long a request waits, how long and how often a grant may be used, and the extra steps for a reviewer.',
  args: {},
  options: {
    from: { ...from, summary: 'The new rules as JSON; - reads standard input, @FILE a file', schema: z.string().optional() },
  },
  needs: 'admin',
  risk: 'change',
  feature: 'approvals.quorum',
  run: (context, _, options) =>
    options.from === undefined
      ? callForRow(context, { path: approvals, subject })
      : callForRow(context, { method: 'PUT', path: approvals, body: parsed(options.from), subject }),
  view: rowRecord([]),
});

function readPolicy(text: string, schema: z.ZodType): unknown {
  const value = schema.safeParse(parsed(text));
  if (value.success) return value.data;
  const [issue] = value.error.issues;
  throw new UsageError('policy.invalid', {
    message: `The policy is not valid: ${[issue?.path.join('.'), issue?.message].filter(Boolean).join(': ')}.`,
    next: 'Compare with one that is: aim policies ls --json',
    field: 'from',
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UsageError('policy.json', {
      message: `--from is not valid JSON: ${(cause as Error).message}.`,
      next: 'Read it from a file: --from @FILE',
      field: 'from',
      cause,
    });
  }
}

export const policyActions: readonly Action[] = [
  ls,
  show,
  create,
  edit,
  toggle('enable', 'Switch a policy on'),
  toggle('disable', 'Switch a policy off'),
  remove,
  showApprovals,
];
