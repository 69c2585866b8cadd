// `aim agents capabilities|trust|history`: what an agent may do, how far it is trusted and why, and what it did.

import { z } from 'zod';
import { type Action, type Argument, defineAction } from '../action.ts';
import { reasonOption } from '../change-options.ts';
import { list, listOptions } from '../lists.ts';
import { callForRow, column, idArgument, rowPages, rowRecord, rowTable } from '../rows.ts';
import { agentArgument } from './agent-argument.ts';

const subject = 'agents';
const columns = [
  column('capabilityType', 'Capability', { grow: true }),
  column('grantedAt', 'Granted', { format: 'age' }),
  column('grantedBy', 'By', { giveUp: 2 }),
  column('expiresAt', 'Ends', { format: 'time', giveUp: 1 }),
  column('id', 'Id', { format: 'id' }),
];
const capability: Argument<string> = { summary: 'The capability, as files:read or files:*', parse: (text) => text.trim() };

const ls = defineAction({
  id: 'agents.capabilities.ls',
  summary: 'List what an agent may do',
  examples: [{ command: 'agents capabilities ls billing-bot', summary: 'By name' }],
  args: { agent: agentArgument },
  options: listOptions,
  run: (context, { agent }, options) =>
    list(rowPages(context, { path: `/api/v1/agents/${agent.id}/capabilities`, subject }), options),
  view: rowTable('agents capabilities ls', 'None.', columns),
});

const grant = defineAction({
  id: 'agents.capabilities.grant',
  summary: 'Give an agent a capability to keep',
  examples: [{ command: 'agents capabilities grant billing-bot payments:read --yes', summary: 'One more' }],
  args: { agent: agentArgument, capability },
  options: { reason: reasonOption },
  needs: 'manager',
  risk: 'dangerous',
  run: (context, args, { reason }) =>
    callForRow(context, {
      method: 'POST',
      path: `/api/v1/agents/${args.agent.id}/capabilities`,
      body: { capabilityType: args.capability, reason },
      subject,
    }),
  view: rowRecord(columns),
});

const revoke = defineAction({
  id: 'agents.capabilities.revoke',
  summary: 'Take a capability away from an agent',
  args: { agent: agentArgument, capability: idArgument('The capability, by its id or name') },
  options: {},
  needs: 'manager',
  risk: 'dangerous',
  run: async (context, args) => {
    const held = await rowPages(context, { path: `/api/v1/agents/${args.agent.id}/capabilities`, subject })({ limit: 100 });
    const wanted = decodeURIComponent(args.capability);
    const found = held.items.find((row) => row['id'] === wanted || row['capabilityType'] === wanted);
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
  view: rowRecord([column('trustScore', 'Trust'), column('factors', 'Made of')]),
});

const history = defineAction({
  id: 'agents.history',
  summary: 'List what was done with an agent, newest first',
  args: { agent: agentArgument },
  options: { ...listOptions, limit: { ...listOptions.limit, schema: z.coerce.number().int().min(1).max(10_000).default(50) } },
  run: (context, { agent }, options) =>
    list(rowPages(context, { path: `/api/v1/agents/${agent.id}/activity`, subject }), options),
  view: rowTable('agents history', 'Nothing yet.', [
    column('timestamp', 'Time', { format: 'time' }),
    column('action', 'What'),
    column('resourceType', 'To', { giveUp: 1 }),
    column('metadata', 'More', { grow: true }),
    column('id', 'Id', { format: 'id', giveUp: 2 }),
  ]),
});

export const agentRightsActions: readonly Action[] = [ls, grant, revoke, trust, history];
