// How verification events look: one line each, the same words as on the screens.

import type { Page, Statistics } from '../../src/http/api.ts';
import { asUntrusted } from '../../src/text/brand.ts';
import { outcomeOf, type VerificationEvent } from '../../src/wire/event.ts';
import { moreHint } from '../lists.ts';
import { type Pages, rowsOf } from '../output/pages.ts';
import { type Column, tableView, type View } from '../output/view.ts';

export const eventColumns: readonly Column<VerificationEvent>[] = [
  { key: 'at', title: 'Time', value: (event) => event.startedAt ?? event.createdAt, format: 'time' },
  { key: 'outcome', title: 'Outcome', value: (event) => asUntrusted(outcomeOf(event)) },
  { key: 'agentName', title: 'Agent', value: (event) => event.agentName ?? event.initiatorName },
  { key: 'action', title: 'Action', value: (event) => event.action ?? event.verificationType },
  { key: 'resource', title: 'Resource', value: (event) => event.resource, grow: true },
  { key: 'reason', title: 'Reason', value: (event) => event.errorReason ?? event.details, giveUp: 2 },
  { key: 'id', title: 'Id', value: (event) => asUntrusted(event.id), format: 'id', giveUp: 1 },
];

export const eventTable: View<Page<VerificationEvent> | Pages<VerificationEvent>> = tableView({
  rows: rowsOf<VerificationEvent>,
  columns: eventColumns,
  empty: 'No events.',
  next: (result) => moreHint(result) ?? 'As they come: aim events tail',
});

export const eventRecord: View<VerificationEvent> = {
  kind: 'record',
  fields: [
    ...eventColumns,
    {
      key: 'agentId',
      title: 'Agent id',
      value: (event) => (event.agentId === null ? null : asUntrusted(event.agentId)),
      format: 'id',
    },
    { key: 'mcpServerName', title: 'MCP server', value: (event) => event.mcpServerName },
    { key: 'protocol', title: 'Protocol', value: (event) => event.protocol },
    { key: 'trustScore', title: 'Trust', value: (event) => event.trustScore, format: 'percent' },
    { key: 'durationMs', title: 'Took (ms)', value: (event) => event.durationMs, format: 'number' },
    { key: 'completedAt', title: 'Completed', value: (event) => event.completedAt, format: 'time' },
    { key: 'executed', title: 'Executed', value: (event) => event.executed },
    { key: 'executedAt', title: 'Executed at', value: (event) => event.executedAt, format: 'time' },
    { key: 'executionError', title: 'Failed with', value: (event) => event.executionError },
    { key: 'errorCode', title: 'Code', value: (event) => event.errorCode },
    {
      key: 'metadata',
      title: 'The agent says',
      value: ({ metadata }) => (Object.keys(metadata).length === 0 ? null : asUntrusted(JSON.stringify(metadata))),
    },
  ],
};

export const statisticsRecord: View<Statistics> = {
  kind: 'record',
  fields: [
    { key: 'totalVerifications', title: 'Verifications', value: (counts) => counts.totalVerifications, format: 'number' },
    { key: 'successCount', title: 'Allowed', value: (counts) => counts.successCount, format: 'number' },
    { key: 'failedCount', title: 'Denied or failed', value: (counts) => counts.failedCount, format: 'number' },
    { key: 'pendingCount', title: 'Waiting', value: (counts) => counts.pendingCount, format: 'number' },
    { key: 'timeoutCount', title: 'Expired', value: (counts) => counts.timeoutCount, format: 'number' },
    { key: 'verificationsPerMinute', title: 'Per minute', value: (counts) => counts.verificationsPerMinute, format: 'number' },
    { key: 'uniqueAgentsVerified', title: 'Agents', value: (counts) => counts.uniqueAgentsVerified, format: 'number' },
  ],
};
