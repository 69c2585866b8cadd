// `aim keys`: API keys for agents and scripts.

import { z } from 'zod';
import { type Action, type Argument, defineAction } from '../action.ts';
import { list, listOptions } from '../lists.ts';
import { moment } from '../moment.ts';
import { callForRow, column, idArgument, rowPages, rowRecord, rowTable } from '../rows.ts';

const path = '/api/v1/api-keys';
const subject = 'keys';
const key = { ...idArgument('The key, by its id', 'keys.ls'), subject: 'key' } as const;
const columns = [
  column('name', 'Name', { grow: true }),
  column('prefix', 'Begins with'),
  column('isActive', 'Active'),
  column('expiresAt', 'Ends', { format: 'time', giveUp: 2 }),
  column('lastUsedAt', 'Last used', { format: 'age', giveUp: 1 }),
  column('id', 'Id', { format: 'id' }),
];

const ls = defineAction({
  id: 'keys.ls',
  summary: 'List the API keys',
  args: {},
  options: listOptions,
  needs: 'member',
  run: (context, _, options) => list(rowPages(context, { path, subject }), options),
  view: rowTable('No API keys.', columns),
});

const create = defineAction({
  id: 'keys.create',
  summary: 'Make an API key; it is shown once',
  examples: [{ command: 'keys create ci --json=apiKey', summary: 'Only the key itself' }],
  args: { name: { summary: 'What it is for', parse: (text) => text } as Argument<string> },
  options: {
    agent: { summary: 'For this agent alone, by name or id', value: 'AGENT', schema: z.string().optional() },
    expiresAt: { summary: 'It ends then (RFC 3339)', value: 'TIME', schema: moment.optional() },
  },
  needs: 'member',
  risk: 'change',
  run: async (context, { name }, { agent, expiresAt }) => {
    const agentId = agent === undefined ? undefined : (await context.api.agents.find(agent, { signal: context.signal })).id;
    return callForRow(context, { method: 'POST', path, body: { name, agentId, expiresAt }, subject });
  },
  view: rowRecord([column('apiKey', 'Key, shown only now'), column('name', 'Name'), column('id', 'Id')]),
});

const disable = defineAction({
  id: 'keys.disable',
  summary: 'Stop an API key from working',
  args: { key },
  options: {},
  needs: 'member',
  risk: 'dangerous',
  becomes: { isActive: false },
  run: (context, args) => callForRow(context, { method: 'PATCH', path: `${path}/${args.key}/disable`, subject }),
  view: rowRecord(columns),
});

const remove = defineAction({
  id: 'keys.delete',
  summary: 'Remove an API key that is disabled',
  args: { key },
  options: {},
  needs: 'member',
  risk: 'dangerous',
  becomes: { deleted: true },
  run: (context, args) => callForRow(context, { method: 'DELETE', path: `${path}/${args.key}`, subject }),
  view: rowRecord([]),
});

export const keyActions: readonly Action[] = [ls, create, disable, remove];
