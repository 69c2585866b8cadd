// `aim alerts`: what the server thinks a person should look at.

import { z } from 'zod';
import type { Page } from '../../src/http/api.ts';
import { asUntrusted, ours } from '../../src/text/brand.ts';
import type { Alert } from '../../src/wire/event.ts';
import { type Action, defineAction } from '../action.ts';
import { list, listOptions, moreHint } from '../lists.ts';
import { type Pages, rowsOf } from '../output/pages.ts';
import { tableView, type View } from '../output/view.ts';

const table: View<Page<Alert> | Pages<Alert>> = tableView({
  rows: rowsOf<Alert>,
  columns: [
    { key: 'id', title: 'Id', value: (alert) => asUntrusted(alert.id), format: 'id' },
    { key: 'severity', title: 'Severity', value: (alert) => ours(alert.severity) },
    { key: 'title', title: 'Title', value: (alert) => alert.title, grow: true },
    { key: 'agentName', title: 'Agent', value: (alert) => alert.agentName },
    { key: 'createdAt', title: 'Raised', value: (alert) => alert.createdAt, format: 'age' },
    { key: 'isAcknowledged', title: 'Seen', value: (alert) => alert.isAcknowledged, giveUp: 1 },
  ],
  empty: 'No alerts.',
  next: moreHint,
});

const ls = defineAction({
  id: 'alerts.ls',
  summary: 'List alerts',
  examples: [{ command: 'alerts ls --severity critical', summary: 'The worst' }],
  args: {},
  options: {
    severity: { summary: 'Only of this severity', schema: z.enum(['info', 'warning', 'high', 'critical']).optional() },
    status: { summary: 'Only those in this state', schema: z.enum(['unacknowledged', 'acknowledged', 'resolved']).optional() },
    ...listOptions,
  },
  needs: 'admin',
  run: ({ api, signal }, _, { severity, status, ...options }) =>
    list((page) => api.alerts.list({ ...page, severity, status, signal }), options),
  view: table,
});

const alert = {
  summary: 'The alert, by its id',
  subject: 'alert',
  listedBy: ['alerts.ls'],
  parse: (text: string) => text.trim(),
} as const;

const acknowledge = defineAction({
  id: 'alerts.ack',
  summary: 'Say that somebody has seen an alert',
  args: { alert },
  options: {},
  needs: 'admin',
  risk: 'change',
  keys: { alerts: 'A' },
  becomes: { isAcknowledged: true },
  run: async ({ api, signal }, args) => {
    await api.alerts.acknowledge(args.alert, { signal });
    return { id: args.alert, isAcknowledged: true };
  },
  view: { kind: 'text', lines: ({ id }) => [[ours('Acknowledged '), asUntrusted(id), ours('.')]] },
});

const resolve = defineAction({
  id: 'alerts.resolve',
  summary: 'Close an alert, saying what was done',
  args: { alert },
  options: {
    resolution: {
      summary: 'What was done; - reads standard input, @FILE a file',
      value: 'TEXT',
      schema: z.string().trim().min(1),
      readable: true,
    },
  },
  needs: 'admin',
  risk: 'change',
  becomes: { isResolved: true },
  run: async ({ api, signal }, args, { resolution }) => {
    await api.alerts.resolve(args.alert, resolution, { signal });
    return { id: args.alert, isResolved: true };
  },
  view: { kind: 'text', lines: ({ id }) => [[ours('Resolved '), asUntrusted(id), ours('.')]] },
});

export const alertActions: readonly Action[] = [ls, acknowledge, resolve];
