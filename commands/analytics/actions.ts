// `aim analytics`: how much was asked, allowed and denied over days and months.

import { z } from 'zod';
import { type Action, defineAction } from '../action.ts';
import { list, listOptions } from '../lists.ts';
import { callForRow, column, rowPages, rowRecord, rowTable } from '../rows.ts';

const path = '/api/v1/analytics';
const subject = 'analytics';
const days = { summary: 'Over so many days', value: 'N', schema: z.coerce.number().int().min(1).max(365).default(30) } as const;

const show = defineAction({
  id: 'analytics.show',
  summary: 'Show the counters of the organisation',
  args: {},
  options: {},
  run: (context) => callForRow(context, { path: `${path}/dashboard`, subject }),
  view: rowRecord([]),
});

const trends = defineAction({
  id: 'analytics.trends',
  summary: 'List trust and use, day by day',
  args: {},
  options: { days, ...listOptions },
  run: (context, _, { days: over, ...options }) =>
    list(rowPages(context, { path: `${path}/trends`, subject, query: { days: over } }), options),
  view: rowTable('Nothing yet.', [
    column('date', 'Day', { grow: true }),
    column('verifications', 'Asked', { format: 'number' }),
    column('denied', 'Denied', { format: 'number' }),
    column('avgScore', 'Trust', { format: 'percent' }),
    column('agentCount', 'Agents', { format: 'number' }),
  ]),
});

const usage = defineAction({
  id: 'analytics.usage',
  summary: 'Show how much was asked, and by how many agents',
  args: {},
  options: { days },
  run: (context, _, options) => callForRow(context, { path: `${path}/usage`, subject, query: { days: options.days } }),
  view: rowRecord([column('period', 'Over'), column('apiCalls', 'Asked'), column('activeAgents', 'Active agents')]),
});

const activity = defineAction({
  id: 'analytics.agents',
  summary: 'List agents by when they last acted, with how much',
  args: {},
  options: listOptions,
  run: (context, _, options) => list(rowPages(context, { path: `${path}/agents/activity`, subject }), options),
  view: rowTable('No agents.', [
    column('agentName', 'Agent', { grow: true }),
    column('status', 'Status'),
    column('lastActive', 'Active', { format: 'age' }),
    column('apiCalls', 'Asked', { format: 'number' }),
    column('agentId', 'Id', { format: 'id', giveUp: 1 }),
  ]),
});

export const analyticsActions: readonly Action[] = [show, trends, usage, activity];
