// `aim webhooks`: where the server tells of what happens.

import { z } from 'zod';
import { type Action, type Argument, defineAction } from '../action.ts';
import { list, listOptions } from '../lists.ts';
import { callForRow, column, idArgument, rowPages, rowRecord, rowTable } from '../rows.ts';

const path = '/api/v1/webhooks';
const subject = 'webhooks';
const webhook = idArgument('The webhook, by its id', 'webhooks.ls');
const columns = [
  column('name', 'Name'),
  column('url', 'Address', { grow: true }),
  column('events', 'Events', { giveUp: 1 }),
  column('isActive', 'Active'),
  column('id', 'Id', { format: 'id' }),
];

const ls = defineAction({
  id: 'webhooks.ls',
  summary: 'List the webhooks',
  args: {},
  options: listOptions,
  needs: 'member',
  run: (context, _, options) => list(rowPages(context, { path, subject }), options),
  view: rowTable('No webhooks.', columns),
});

const create = defineAction({
  id: 'webhooks.create',
  summary: 'Add a webhook',
  examples: [
    {
      command: 'webhooks create https://hooks.example/aim --name on-call --secret - < secret',
      summary: 'With a secret that is not in the list of processes',
    },
  ],
  args: {
    url: {
      summary: 'The address that is called',
      parse: (text) => z.url({ protocol: /^https?$/, error: 'it is no web address' }).parse(text),
    } as Argument<string>,
  },
  options: {
    name: { summary: 'What it is for', value: 'TEXT', schema: z.string().min(1) },
    event: {
      summary: 'Only of this event; give it again for more',
      value: 'NAME',
      schema: z.array(z.string()).optional(),
      repeatable: true,
    },
    secret: {
      summary: 'The secret that signs calls: - reads standard input, @FILE a file',
      value: '-|@FILE',
      schema: z.string().min(16).optional(),
      readable: true,
      env: 'AIM_WEBHOOK_SECRET',
    },
  },
  needs: 'member',
  risk: 'change',
  run: (context, { url }, { event, ...rest }) =>
    callForRow(context, { method: 'POST', path, body: { url, events: event, ...rest }, subject }),
  view: rowRecord(columns),
});

const on = (verb: 'enable' | 'disable', summary: string) =>
  defineAction({
    id: `webhooks.${verb}`,
    summary,
    args: { webhook },
    options: {},
    needs: 'member',
    risk: 'change',
    run: (context, args) =>
      callForRow(context, { method: 'PUT', path: `${path}/${args.webhook}`, body: { isActive: verb === 'enable' }, subject }),
    view: rowRecord(columns),
  });

const test = defineAction({
  id: 'webhooks.test',
  summary: 'Call a webhook once, to see whether it answers',
  args: { webhook },
  options: {},
  needs: 'member',
  risk: 'change',
  run: (context, args) => callForRow(context, { method: 'POST', path: `${path}/${args.webhook}/test`, subject }),
  view: rowRecord([]),
});

const remove = defineAction({
  id: 'webhooks.delete',
  summary: 'Remove a webhook',
  args: { webhook },
  options: {},
  needs: 'member',
  risk: 'dangerous',
  becomes: { deleted: true },
  run: (context, args) => callForRow(context, { method: 'DELETE', path: `${path}/${args.webhook}`, subject }),
  view: rowRecord([]),
});

export const webhookActions: readonly Action[] = [
  ls,
  create,
  on('enable', 'Let a webhook be called again'),
  on('disable', 'Stop calling a webhook'),
  test,
  remove,
];
