// `aim rules`: rules that decide in a reviewer's place. Made apart from any request, with a look at what they change, and with an end.

import { z } from 'zod';
import { ours, type Printable } from '../../src/text/brand.ts';
import { say } from '../../src/text/say.ts';
import { visible } from '../../src/text/visible.ts';
import { type Action, defineAction } from '../action.ts';
import { agentArgument } from '../agents/agent-argument.ts';
import { reasonOption } from '../change-options.ts';
import { list, listOptions } from '../lists.ts';
import type { View } from '../output/view.ts';
import { callForRow, column, idArgument, type Row, rowPages, rowRecord, rowTable } from '../rows.ts';
import { seconds } from './seconds.ts';

const path = '/api/v1/admin/standing-rules';
const subject = 'rules';
const A_WEEK = 7 * 24 * 3600;
const columns = [
  column('name', 'Name'),
  column('decision', 'Does'),
  column('agentName', 'Agent'),
  column('capability', 'Capability'),
  column('resource', 'Resource', { grow: true }),
  column('reviewer', 'Reviewer', { giveUp: 2 }),
  column('used', 'Used', { format: 'number', giveUp: 1 }),
  column('expiresAt', 'Ends', { format: 'time' }),
  column('endedAt', 'Ended', { format: 'time', giveUp: 3 }),
  column('id', 'Id', { format: 'id', giveUp: 1 }),
];

const ls = defineAction({
  id: 'rules.ls',
  summary: 'List the rules that decide in a reviewer’s place, with their reviewer and their end',
  args: {},
  options: listOptions,
  needs: 'admin',
  feature: 'approvals.rules',
  run: (context, _, options) => list(rowPages(context, { path, subject }), options),
  view: rowTable('No rule decides in a reviewer’s place.', columns),
});

const add = defineAction({
  id: 'rules.add',
  summary: 'Let a rule decide what one agent asks for, until it ends',
  description:
    'First look with --preview: what waits for a person now, what would be decided without one then, and what people decided about the same in the last thirty days. A rule names one action and one resource (a * at its end is a part of a path), and is signed with your key, so that agents can check what it decides; it never stands in for what is critical, or for what needs several reviewers or more steps.',
  examples: [
    {
      command: 'rules add billing-bot file:read --resource "/srv/reports/*" --name reports --for 7d --preview',
      summary: 'What it would change',
    },
  ],
  args: {
    agent: agentArgument,
    capability: { summary: 'The one action, by its name', parse: (text: string) => text.trim() },
  },
  options: {
    name: { summary: 'What it is called wherever it decides', value: 'NAME', schema: z.string().min(1) },
    resource: { summary: 'On this resource only', value: 'TEXT', schema: z.string().min(1).optional() },
    deny: { summary: 'Deny instead of approving', schema: z.boolean().default(false) },
    for: { summary: 'How long, as 7d; 90 days at the most', value: 'TIME', schema: seconds.optional() },
    preview: { summary: 'Only say what it would change', schema: z.boolean().default(false) },
    reason: reasonOption,
  },
  needs: 'admin',
  risk: 'dangerous',
  feature: 'approvals.rules',
  run: async (context, { agent, capability }, { name, resource, deny, for: forSeconds = A_WEEK, preview, reason }) => {
    const decision = deny ? ('deny' as const) : ('approve' as const);
    const rule = { agentId: agent.id, capability, name, resource, reason: reason?.trim(), forSeconds, decision };
    const { keepRuleReceipt, ruleReceiptFor } = await import('./rule-receipt.ts');
    const receipt = preview ? null : await ruleReceiptFor(rule, context);
    const body = { ...rule, dryRun: preview, ...(receipt === null ? {} : { receipt }) };
    const made = await callForRow(context, { method: 'POST', path, body, subject });
    if (receipt !== null) await keepRuleReceipt(receipt, String(made['id'] ?? ''), context);
    return made;
  },
  view: differenceView(),
});

/** What is now, and what is then. */
function differenceView(): View<Row> {
  return {
    kind: 'text',
    lines: (row) => {
      const changes = (row['changes'] ?? {}) as Row;
      const word = (value: unknown): Printable => visible(String(value ?? ''));
      const on = row['resource'] === null ? '' : say` on ${word(row['resource'])}`;
      return [
        [say`${word(row['agentName'])}: ${word(row['capability'])}${on}`],
        [say`- ${word(changes['before'])}`],
        [say`+ ${word(changes['after'])}, until `, String(row['expiresAt'] ?? '') as Printable],
        [
          say`In the last 30 days: ${word(changes['asked'])} asked, ${word(changes['approved'])} approved, ${word(changes['denied'])} denied, ${word(changes['expired'])} undecided.`,
        ],
        row['dryRun'] === true
          ? [ours('Nothing was changed.')]
          : [say`It is called ${word(row['name'])}. End it with: aim rules end ${word(row['id'])}`],
      ];
    },
  };
}

const end = defineAction({
  id: 'rules.end',
  summary: 'End a rule at once',
  args: { rule: { ...idArgument('The rule, by its id', 'rules.ls'), subject: 'rule' } as const },
  options: { reason: reasonOption },
  needs: 'admin',
  risk: 'change',
  feature: 'approvals.rules',
  run: (context, args, { reason }) =>
    callForRow(context, { method: 'POST', path: `${path}/${args.rule}/end`, body: { reason }, subject }),
  view: rowRecord(columns),
});

export const ruleActions: readonly Action[] = [ls, add, end];
