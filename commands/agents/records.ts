// `aim agents violations|alerts|audit|keys|mcp|trust-history …`: what is on record about one agent, and setting its trust.

import { z } from 'zod';
import { type Action, type Argument, defineAction } from '../action.ts';
import { reasonOption } from '../change-options.ts';
import { list, listOptions } from '../lists.ts';
import { callForRow, column, rowPages, rowRecord, rowTable } from '../rows.ts';
import { agentArgument } from './agent-argument.ts';

const subject = 'agents';

const violations = listing('violations', 'List what an agent tried beyond what it may', '/agents/:id/violations', [
  column('createdAt', 'When', { format: 'time' }),
  column('attemptedCapability', 'Tried', { grow: true }),
  column('severity', 'Severity'),
  column('isBlocked', 'Blocked'),
  column('id', 'Id', { format: 'id', giveUp: 1 }),
]);
const alerts = listing('alerts', 'List the alerts about an agent', '/agents/:id/alerts', [
  column('createdAt', 'When', { format: 'time' }),
  column('severity', 'Severity'),
  column('title', 'Title', { grow: true }),
  column('isAcknowledged', 'Seen'),
  column('id', 'Id', { format: 'id', giveUp: 1 }),
]);
const audit = listing('audit', 'List who changed what about an agent', '/agents/:id/audit-logs', [
  column('timestamp', 'When', { format: 'time' }),
  column('userName', 'Who'),
  column('action', 'Did', { grow: true }),
  column('resourceType', 'To', { giveUp: 2 }),
  column('id', 'Id', { format: 'id', giveUp: 1 }),
]);
const mcp = listing('mcp', 'List the MCP servers that an agent is linked to', '/agents/:id/mcp-servers', [
  column('name', 'Server', { grow: true }),
  column('url', 'Address', { grow: true, giveUp: 2 }),
  column('status', 'Status'),
  column('id', 'Id', { format: 'id', giveUp: 1 }),
]);
const trustHistory = listing('trust-history', 'List how the trust of an agent changed', '/agents/:id/trust-score/history', [
  column('timestamp', 'When', { format: 'time' }),
  column('trustScore', 'Trust'),
  column('reason', 'Because', { grow: true }),
  column('changedBy', 'By', { giveUp: 1 }),
]);

function listing(name: string, summary: string, path: string, columns: Parameters<typeof rowTable>[1]): Action {
  return defineAction({
    id: `agents.${name}`,
    summary,
    args: { agent: agentArgument },
    options: listOptions,
    run: (context, { agent }, options) =>
      list(rowPages(context, { path: `/api/v1${path.replace(':id', agent.id)}`, subject }), options),
    view: rowTable('None.', columns),
  });
}

const keys = defineAction({
  id: 'agents.keys',
  summary: 'Show the keys of an agent: which, since when, until when',
  args: { agent: agentArgument },
  options: {},
  run: (context, { agent }) => callForRow(context, { path: `/api/v1/agents/${agent.id}/key-vault`, subject }),
  view: rowRecord([column('publicKey', 'Public key'), column('keyCreatedAt', 'Since'), column('keyExpiresAt', 'Until')]),
});

const recalculate = defineAction({
  id: 'agents.recalculate-trust',
  summary: 'Have the trust of an agent worked out anew',
  args: { agent: agentArgument },
  options: {},
  needs: 'manager',
  risk: 'change',
  run: (context, { agent }) =>
    callForRow(context, { method: 'POST', path: `/api/v1/agents/${agent.id}/trust-score/recalculate`, subject }),
  view: rowRecord([column('trustScore', 'Trust')]),
});

const score: Argument<number> = {
  summary: 'From 0 to 1, or in per cent as 80%',
  parse: (text) => {
    const number = text.endsWith('%') ? Number(text.slice(0, -1)) / 100 : Number(text);
    return z.number({ error: 'is no number' }).min(0, 'it is below 0').max(1, 'it is above 1; per cent has a % behind it').parse(number);
  },
}; // biome-ignore format: one table

const setTrust = defineAction({
  id: 'agents.set-trust',
  summary: 'Set the trust of an agent by hand',
  examples: [{ command: 'agents set-trust billing-bot 40% --reason "leaked its key" --yes', summary: 'With the reason' }],
  args: { agent: agentArgument, score },
  options: { reason: reasonOption },
  needs: 'admin',
  risk: 'dangerous',
  run: (context, { agent, score: wanted }, { reason }) =>
    callForRow(context, {
      method: 'PUT',
      path: `/api/v1/agents/${agent.id}/trust-score`,
      body: { score: wanted, reason },
      subject,
    }),
  view: rowRecord([column('trustScore', 'Trust')]),
});

export const agentRecordActions: readonly Action[] = [
  violations,
  alerts,
  audit,
  mcp,
  keys,
  trustHistory,
  recalculate,
  setTrust,
];
