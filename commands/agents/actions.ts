// `aim agents`: who they are, and their life from registration to revocation.

import { z } from 'zod';
import type { EditDocument } from '../../src/edit/document.ts';
import { type Agent, agentChange, agentStatuses, agentTypes } from '../../src/wire/agent.ts';
import { type Action, type ActionContext, defineAction } from '../action.ts';
import { changeOptions } from '../change-options.ts';
import { editFrom } from '../edit/edit-from.ts';
import { editInTerminal } from '../edit/edit-in-terminal.ts';
import { list, listOptions } from '../lists.ts';
import { agentArgument } from './agent-argument.ts';
import { inviteActions } from './invites.ts';
import { agentLifeActions } from './life.ts';
import { agentRecordActions } from './records.ts';
import { agentRightsActions } from './rights.ts';
import { agentRecord, agentTable } from './views.ts';

const ls = defineAction({
  id: 'agents.ls',
  summary: 'List the agents',
  examples: [
    { command: 'agents ls', summary: 'All agents' },
    { command: 'agents ls --status suspended --json=id,name', summary: 'Ids and names of the suspended ones, for a program' },
    { command: 'agents ls --all --quiet', summary: 'Every id, one a line' },
  ],
  args: {},
  options: {
    status: { summary: 'Only those in this state', schema: z.enum(agentStatuses).optional() },
    type: { summary: 'Only those of this type', value: 'TYPE', schema: z.enum(agentTypes).optional() },
    ...listOptions,
  },
  run: ({ api, signal }, _, { status, type, ...options }) =>
    list((page) => api.agents.list({ ...page, status, agentType: type, signal }), options),
  view: agentTable,
});

const show = defineAction({
  id: 'agents.show',
  summary: 'Show one agent',
  examples: [{ command: 'agents show billing-bot', summary: 'By its name' }],
  args: { agent: agentArgument },
  options: {},
  run: async (_, { agent }) => agent,
  view: agentRecord,
});

const edit = defineAction({
  id: 'agents.edit',
  summary: 'Change what is said about an agent',
  description: 'Without options it opens in your editor: as YAML, checked, with the difference shown before anything is sent.',
  examples: [
    { command: 'agents edit billing-bot', summary: 'In your editor, with its capabilities and tags' },
    { command: 'agents edit billing-bot --description "Pays invoices"', summary: 'Change its description' },
  ],
  args: { agent: agentArgument },
  options: {
    displayName: { summary: 'Its name for people', value: 'TEXT', schema: agentChange.shape.displayName },
    description: {
      summary: 'What it is for; - reads standard input, @FILE a file',
      value: 'TEXT',
      schema: agentChange.shape.description,
      readable: true,
    },
    type: { summary: 'Its type', value: 'TYPE', schema: agentChange.shape.agentType },
    version: { summary: 'Its version', value: 'TEXT', schema: agentChange.shape.version },
    certificateUrl: {
      summary: 'Where its certificate is; empty to remove',
      value: 'URL',
      schema: agentChange.shape.certificateUrl,
    },
    repositoryUrl: { summary: 'Where its source is; empty to remove', value: 'URL', schema: agentChange.shape.repositoryUrl },
    documentationUrl: {
      summary: 'Where its documentation is; empty to remove',
      value: 'URL',
      schema: agentChange.shape.documentationUrl,
    },
    talksTo: {
      summary: 'An MCP server it talks to; give it again for each, all together replace the list',
      value: 'NAME',
      schema: agentChange.shape.talksTo,
      repeatable: true,
    },
    from: {
      summary: 'What is to change, as YAML or JSON, with capabilities and tags; - reads standard input, @FILE a file',
      value: 'TEXT',
      schema: z.string().optional(),
      readable: true,
    },
  },
  needs: 'member',
  risk: 'change',
  document: (context, { agent }) => documentOf(context, agent),
  run: async (context, { agent }, { type, from, ...rest }) => {
    const { api, signal } = context;
    const change = Object.fromEntries(Object.entries({ ...rest, agentType: type }).filter(([, value]) => value !== undefined));
    if (Object.keys(change).length > 0) return api.agents.update(agent.id, change, { signal });
    const document = await documentOf(context, agent);
    if (from !== undefined) await editFrom(context, document as EditDocument, from);
    else await editInTerminal(context, document);
    return api.agents.get(agent.id, { signal });
  },
  view: agentRecord,
});

const documentOf = async ({ api }: Pick<ActionContext, 'api'>, agent: Agent): Promise<EditDocument> =>
  (await import('../../src/edit/agent-document.ts')).agentDocument(api, agent);

const suspend = defineAction({
  id: 'agents.suspend',
  summary: 'Suspend an agent, so that it can no longer act',
  examples: [
    { command: 'agents suspend billing-bot --reason "asks for what it never needed" --yes', summary: 'Stop it at once' },
  ],
  args: { agent: agentArgument },
  options: changeOptions,
  needs: 'manager',
  risk: 'dangerous',
  keys: { agents: 'S', agent: 'S' },
  becomes: { status: 'suspended' },
  run: ({ api, signal }, { agent }, options) => api.agents.suspend(agent.id, { ...options, signal }),
  view: agentRecord,
});

const reactivate = defineAction({
  id: 'agents.reactivate',
  summary: 'Let a suspended agent act again',
  args: { agent: agentArgument },
  options: changeOptions,
  needs: 'manager',
  risk: 'dangerous',
  keys: { agents: 'R', agent: 'R' },
  becomes: { status: 'verified' },
  run: ({ api, signal }, { agent }, options) => api.agents.reactivate(agent.id, { ...options, signal }),
  view: agentRecord,
});

const verify = defineAction({
  id: 'agents.verify',
  summary: 'Confirm that a new agent is what it says, so that it may act',
  args: { agent: agentArgument },
  options: changeOptions,
  needs: 'manager',
  risk: 'dangerous',
  keys: { agents: 'V', agent: 'V' },
  becomes: { status: 'verified' },
  run: ({ api, signal }, { agent }, options) => api.agents.verify(agent.id, { ...options, signal }),
  view: agentRecord,
});

export const agentActions: readonly Action[] = [
  ls,
  show,
  edit,
  suspend,
  reactivate,
  verify,
  ...agentLifeActions,
  ...agentRightsActions,
  ...agentRecordActions,
  ...inviteActions,
];
