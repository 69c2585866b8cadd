// `aim policies`: what blocks, what alerts, and how many people have to say yes.

import { z } from 'zod';
import type { EditDocument, NewDocument } from '../../src/edit/document.ts';
import { UsageError } from '../../src/errors.ts';
import type { Api } from '../../src/http/api.ts';
import { type Action, type ActionContext, defineAction } from '../action.ts';
import { createGiven, editFrom, fromOption } from '../edit/edit-from.ts';
import { editInTerminal } from '../edit/edit-in-terminal.ts';
import { list, listOptions } from '../lists.ts';
import { callForRow, column, idArgument, type Row, rowPages, rowRecord, rowTable } from '../rows.ts';

const path = '/api/v1/admin/security-policies';
const approvals = '/api/v1/admin/approval-settings';
const subject = 'policies';
const policy = { ...idArgument('The policy, by its id', 'policies.ls'), subject: 'policy' } as const;
const columns = [
  column('priority', 'Priority', { format: 'number' }),
  column('name', 'Name', { grow: true }),
  column('policyType', 'Type'),
  column('enforcementAction', 'Does'),
  column('appliesTo', 'Applies to', { giveUp: 1 }),
  column('isEnabled', 'On'),
  column('id', 'Id', { format: 'id' }),
];
const from = fromOption('The policy as YAML or JSON');

const ls = defineAction({
  id: 'policies.ls',
  summary: 'List the policies in the order in which they are asked',
  args: {},
  options: listOptions,
  needs: 'admin',
  run: (context, _, options) => list(rowPages(context, { path, subject }), options),
  view: rowTable('No policies.', columns),
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
  document: newDocument,
  run: async (context, _, options): Promise<Row> => createGiven(context, await newDocument(context), options.from),
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
  document: (context, args) => documentOf(context, args.policy),
  run: async (context, args, options) => {
    const document = await documentOf(context, args.policy);
    if (options.from !== undefined) await editFrom(context, document, options.from);
    else await editInTerminal(context, document);
    return callForRow(context, { path: `${path}/${args.policy}`, subject });
  },
  view: rowRecord(columns),
});

async function documentOf(context: Pick<ActionContext, 'api' | 'signal'>, id: string): Promise<EditDocument> {
  const { policyDocument } = await import('../../src/edit/administration-documents.ts');
  const { name } = await callForRow(context, { path: `${path}/${id}`, subject });
  return policyDocument(context.api, { id: decodeURIComponent(id), name: String(name ?? id) });
}

async function newDocument({ api }: Pick<ActionContext, 'api'>): Promise<NewDocument> {
  return (await import('../../src/edit/administration-documents.ts')).newPolicyDocument(api);
}

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

const editApprovals = defineAction({
  id: 'policies.edit-approvals',
  summary: 'Change the rules of approval in your editor',
  args: {},
  options: {
    from: { ...from, summary: 'What is to change, as YAML or JSON; the rest stays as it is. Without it an editor opens' },
  },
  needs: 'admin',
  risk: 'dangerous',
  feature: 'approvals.quorum',
  document: async ({ api }) => rulesOf(api),
  run: async (context, _, options) => {
    const document = await rulesOf(context.api);
    if (options.from !== undefined) await editFrom(context, document, options.from);
    else await editInTerminal(context, document);
    return callForRow(context, { path: approvals, subject });
  },
  view: rowRecord([]),
});

const rulesOf = async (api: Api): Promise<EditDocument> =>
  (await import('../../src/edit/administration-documents.ts')).approvalDocument(api);

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
  editApprovals,
];
