// `aim security`: threats, anomalies and violations across all agents, and the numbers of them.

import { type Action, defineAction } from '../action.ts';
import { list, listOptions } from '../lists.ts';
import { callForRow, column, rowPages, rowRecord, rowTable } from '../rows.ts';

const path = '/api/v1/security';
const subject = 'security';

const show = defineAction({
  id: 'security.show',
  summary: 'Show the state of security in numbers',
  args: {},
  options: {},
  needs: 'manager',
  run: (context) => callForRow(context, { path: `${path}/dashboard`, subject }),
  view: rowRecord([
    column('securityStatus', 'State'),
    column('securityGrade', 'Grade'),
    column('securityScore', 'Score'),
    column('activeThreats', 'Active threats'),
    column('actionsBlocked', 'Blocked in a week'),
    column('agentsMonitored', 'Agents'),
  ]),
});

const listing = (name: 'threats' | 'anomalies' | 'violations', summary: string, empty: string) =>
  defineAction({
    id: `security.${name}`,
    summary,
    args: {},
    options: listOptions,
    needs: 'manager',
    run: (context, _, options) => list(rowPages(context, { path: `${path}/${name}`, subject }), options),
    view: rowTable(empty, [
      column('createdAt', 'When', { format: 'time' }),
      column('severity', 'Severity'),
      ...(name === 'violations'
        ? [column('agentName', 'Agent', { grow: true }), column('attemptedCapability', 'Tried', { grow: true })]
        : [column('title', 'Title', { grow: true }), column('targetName', 'About', { grow: true })]),
      column('isBlocked', 'Blocked', { giveUp: 2 }),
      column('id', 'Id', { format: 'id', giveUp: 1 }),
    ]),
  });

export const securityActions: readonly Action[] = [
  show,
  listing('threats', 'List threats, the latest first', 'No threats.'),
  listing('anomalies', 'List what is unusual, the latest first', 'No anomalies.'),
  listing('violations', 'List what agents tried beyond what they may', 'No violations.'),
];
