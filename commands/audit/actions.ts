// `aim audit`: who changed what, in a chain that shows if somebody changed the record.

import { z } from 'zod';
import type { Page } from '../../src/http/api.ts';
import { refusal } from '../../src/http/refusal.ts';
import { asUntrusted } from '../../src/text/brand.ts';
import type { AuditEntry } from '../../src/wire/event.ts';
import { type Action, defineAction } from '../action.ts';
import { list, listOptions, moreHint } from '../lists.ts';
import { type Pages, rowsOf } from '../output/pages.ts';
import { tableView, type View } from '../output/view.ts';
import { callForRow, column, idArgument, rowRecord } from '../rows.ts';
import { check } from './check.ts';
import { verify } from './verify.ts';
import { wholeCsv, wholeJson } from './whole-export.ts';

const path = '/api/v1/admin/audit-logs';

const table: View<Page<AuditEntry> | Pages<AuditEntry>> = tableView({
  rows: rowsOf<AuditEntry>,
  columns: [
    { key: 'sequence', title: 'No', value: (entry) => entry.sequence, format: 'number' },
    { key: 'timestamp', title: 'Time', value: (entry) => entry.timestamp, format: 'time' },
    { key: 'who', title: 'Who', value: (entry) => entry.userName ?? entry.agentName },
    { key: 'action', title: 'Did', value: (entry) => entry.action },
    { key: 'resourceType', title: 'To', value: (entry) => entry.resourceType },
    { key: 'resourceId', title: 'Which', value: (entry) => entry.resourceId, grow: true },
    { key: 'ipAddress', title: 'From', value: (entry) => entry.ipAddress, giveUp: 2 },
    { key: 'id', title: 'Id', value: (entry) => asUntrusted(entry.id), format: 'id', giveUp: 1 },
  ],
  empty: 'No entries.',
  next: moreHint,
});

const ls = defineAction({
  id: 'audit.ls',
  summary: 'List what people and agents changed, newest first',
  examples: [{ command: 'audit ls --filter "action:suspend"', summary: 'Who suspended agents' }],
  args: {},
  options: listOptions,
  needs: 'admin',
  run: ({ api, signal }, _, options) => list((page) => api.audit.list({ ...page, signal }), options),
  view: table,
});

const show = defineAction({
  id: 'audit.show',
  summary: 'Show one entry, with its place in the chain',
  description: 'The entry of a decision has its receipt in metadata.receipt: aim audit show ID --json | aim verify -',
  args: { entry: idArgument('The entry, by its id', 'audit.ls') },
  options: {},
  needs: 'admin',
  run: (context, { entry }) => callForRow(context, { path: `${path}/${entry}`, subject: 'audit' }),
  view: rowRecord([column('id', 'Id'), column('timestamp', 'Time'), column('userName', 'Who'), column('action', 'Did')]),
});

const exportLog = defineAction({
  id: 'audit.export',
  summary: 'Print the audit log as the server exports it',
  examples: [{ command: 'audit export --format csv > audit.csv', summary: 'For a spreadsheet' }],
  args: {},
  options: { format: { summary: 'As', schema: z.enum(['json', 'csv']).default('json') } },
  needs: 'admin',
  commandLineOnly: true,
  run: async ({ api, signal, io }, _, { format }) => {
    const page = async (offset: number) => {
      const answer = await api.raw('GET', `${path}/export`, { query: { format, offset }, signal });
      if (answer.status >= 400) throw refusal({ ...answer, subject: 'audit', server: api.server });
      return answer.body;
    };
    const text = format === 'csv' ? (await wholeCsv(page)).trimEnd() : JSON.stringify(await wholeJson(page));
    // Escaped by the server as CSV, or JSON; what a terminal might act on goes out only to files and pipes.
    io.stdout.write(`${io.stdout.isTTY ? text.replace(/(?!\n)\p{C}/gu, '?') : text}\n`);
  },
  view: { kind: 'none' },
});

export const auditActions: readonly Action[] = [ls, show, exportLog, verify, check];
