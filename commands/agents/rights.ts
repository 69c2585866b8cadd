// `aim agents capabilities|trust|history`: what an agent may do, how far it is trusted and why, and what it did.

import { z } from 'zod';
import type { EditDocument } from '../../src/edit/document.ts';
import { ExitCode, UsageError } from '../../src/errors.ts';
import type { Agent } from '../../src/wire/agent.ts';
import { idsWith } from '../../src/wire/short-id.ts';
import { type Action, type ActionContext, type Argument, defineAction } from '../action.ts';
import { reasonOption } from '../change-options.ts';
import { list, listOptions } from '../lists.ts';
import { callForRow, column, idArgument, type Row, rowPages, rowRecord, rowTable } from '../rows.ts';
import { ambiguousId } from '../whole-id.ts';
import { agentArgument } from './agent-argument.ts';
import { trustView } from './trust-view.ts';

const subject = 'agents';
const columns = [
  column('capabilityType', 'Capability', { grow: true }),
  column('executionMode', 'Each use', { giveUp: 1 }),
  column('capabilityScope', 'Only on', { giveUp: 2 }),
  column('grantedAt', 'Granted', { format: 'age' }),
  column('grantedBy', 'By', { giveUp: 2 }),
  column('expiresAt', 'Ends', { format: 'time', giveUp: 1 }),
  column('id', 'Id', { format: 'id' }),
];
const capability: Argument<string> = { summary: 'The capability, as files:read or files:*', parse: (text) => text.trim() };

const mode = {
  summary: 'What happens at each use: it runs, it runs and somebody is told, or it waits for a person',
  schema: z.enum(['auto', 'notify', 'review']).optional(),
} as const;
const resource = {
  summary: 'On this resource only, a * at its end; give it again for more',
  value: 'TEXT',
  schema: z.array(z.string().min(1)).default([]),
  repeatable: true,
} as const;

const ls = defineAction({
  id: 'agents.capabilities.ls',
  summary: 'List what an agent may do',
  examples: [{ command: 'agents capabilities ls billing-bot', summary: 'By name' }],
  args: { agent: agentArgument },
  options: listOptions,
  run: (context, { agent }, options) =>
    list(rowPages(context, { path: `/api/v1/agents/${agent.id}/capabilities`, subject }), options),
  view: rowTable('None.', columns),
});

const grant = defineAction({
  id: 'agents.capabilities.grant',
  summary: 'Give an agent a capability to keep',
  examples: [
    { command: 'agents capabilities grant billing-bot payments:read --yes', summary: 'One more' },
    {
      command: `agents capabilities grant billing-bot files:write --mode review --resource '/srv/reports/*' --yes`,
      summary: 'In one folder, and only after a person said yes',
    },
  ],
  args: { agent: agentArgument, capability },
  options: { mode, resource, reason: reasonOption },
  needs: 'manager',
  risk: 'dangerous',
  run: (context, args, { reason, mode, resource }) =>
    callForRow(context, {
      method: 'POST',
      path: `/api/v1/agents/${args.agent.id}/capabilities`,
      body: {
        capabilityType: args.capability,
        reason,
        executionMode: mode,
        ...(resource.length > 0 ? { scope: { resources: resource } } : {}),
      },
      subject,
    }),
  view: rowRecord(columns),
});

const edit = defineAction({
  id: 'agents.capabilities.edit',
  summary: 'Change on what a capability holds, and whether a person is asked before each use',
  description: 'Without --from it opens in your editor, with the difference shown before anything is sent.',
  examples: [
    {
      command: `agents capabilities edit billing-bot files:write --from 'executionMode: review'`,
      summary: 'A person says yes to each use',
    },
  ],
  args: { agent: agentArgument, capability },
  options: {
    from: {
      summary: 'What is to change, as YAML or JSON; - reads standard input, @FILE a file',
      value: 'TEXT',
      schema: z.string().optional(),
      readable: true,
    },
  },
  needs: 'manager',
  risk: 'change',
  document: (context, args) => documentOf(context, args),
  run: async (context, args, { from }) => {
    const document = await documentOf(context, args);
    if (from === undefined) await (await import('../edit/edit-in-terminal.ts')).editInTerminal(context, document);
    else await (await import('../edit/edit-from.ts')).editFrom(context, document, from);
    return (await heldBy(context, args.agent, args.capability)) ?? {};
  },
  view: rowRecord(columns),
});

/** @throws UsageError where the agent does not hold it: an edit never grants. */
async function documentOf(context: ActionContext, args: { agent: Agent; capability: string }): Promise<EditDocument> {
  const { agent, capability } = args;
  const held = await heldBy(context, agent, capability);
  if (held === undefined) {
    throw new UsageError('capability.not-held', {
      message: `${agent.name} does not hold ${capability}.`,
      next: `Grant it: aim agents capabilities grant ${agent.name} ${capability}`,
      exitCode: ExitCode.NotFound,
    });
  }
  const { capabilityDocument } = await import('../../src/edit/capability-document.ts');
  return capabilityDocument(context.api, { agent, capability: String(held['capabilityType']) });
}

/** By its name, its id, or the end or beginning of that. */
async function heldBy(context: ActionContext, agent: Agent, wanted: string): Promise<Row | undefined> {
  const { items } = await rowPages(context, { path: `/api/v1/agents/${agent.id}/capabilities`, subject })({ limit: 100 });
  const named = items.filter((row) => row['capabilityType'] === wanted);
  const [found, ...others] = new Set([...named, ...idsWith(wanted, items, (row) => String(row['id']))]);
  if (others.length === 0 || found === undefined) return found;
  throw ambiguousId(
    wanted,
    [found, ...others].map((row) => `${String(row['id'])} (${String(row['capabilityType'])})`),
  );
}

const revoke = defineAction({
  id: 'agents.capabilities.revoke',
  summary: 'Take a capability away from an agent',
  args: { agent: agentArgument, capability: idArgument('The capability, by its id or name') },
  options: {},
  needs: 'manager',
  risk: 'dangerous',
  run: async (context, args) => {
    const found = await heldBy(context, args.agent, decodeURIComponent(args.capability));
    const id = found === undefined ? args.capability : encodeURIComponent(String(found['id']));
    return callForRow(context, { method: 'DELETE', path: `/api/v1/agents/${args.agent.id}/capabilities/${id}`, subject });
  },
  view: rowRecord([]),
});

const trust = defineAction({
  id: 'agents.trust',
  summary: 'Show how far an agent is trusted, and what that is made of',
  args: { agent: agentArgument },
  options: {},
  run: (context, { agent }) => callForRow(context, { path: `/api/v1/trust-score/agents/${agent.id}/breakdown`, subject }),
  view: trustView,
});

const history = defineAction({
  id: 'agents.history',
  summary: 'List what was done with an agent, newest first',
  args: { agent: agentArgument },
  options: { ...listOptions, limit: { ...listOptions.limit, schema: z.coerce.number().int().min(1).max(10_000).default(50) } },
  run: (context, { agent }, options) =>
    list(rowPages(context, { path: `/api/v1/agents/${agent.id}/activity`, subject }), options),
  view: rowTable('Nothing yet.', [
    column('timestamp', 'Time', { format: 'time' }),
    column('action', 'What'),
    column('resourceType', 'To', { giveUp: 1 }),
    column('metadata', 'More', { grow: true }),
    column('id', 'Id', { format: 'id', giveUp: 2 }),
  ]),
});

export const agentRightsActions: readonly Action[] = [ls, grant, edit, revoke, trust, history];
