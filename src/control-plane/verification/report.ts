// An agent says what came of its action. Its first word stands; another one later is refused, and kept beside it.

import type { Actor } from '../audit/draft.ts';
import type { Change } from '../database/change.ts';
import type { VerificationTable } from '../database/tables/verifications.ts';
import { conflict, notFound } from '../refusal.ts';
import type { Services } from '../services.ts';
import { raiseAlert } from '../store/alerts.ts';
import { eventView } from '../views/verification.ts';

export type Report =
  | Pick<VerificationTable, 'outcome' | 'outcomeSummary'>
  | Pick<VerificationTable, 'executed' | 'executedAt' | 'executionError'>;

/** @throws Refusal 404, or 409 where it contradicts the first report. The decision stays what it was. */
export async function recordReport(
  { changes }: Services,
  id: string,
  report: Report,
  from: Pick<Actor, 'ipAddress' | 'userAgent'>,
): Promise<VerificationTable> {
  const { row, contradicts } = await changes.record((change) => write(change, id, report, from));
  if (contradicts) throw conflict('alreadyReported', `It was already reported as ${word(row, report)}.`);
  return row;
}

async function write(change: Change, id: string, report: Report, from: object) {
  const { queries, audit, publish } = change;
  const before = await queries.selectFrom('verifications').selectAll().where('id', '=', id).executeTakeFirst();
  if (before === undefined) throw notFound('Verification not found');
  const first = 'outcome' in report ? before.outcome : before.executed;
  const now = 'outcome' in report ? report.outcome : report.executed;
  if (first === now) return { row: before, contradicts: false };
  const contradicts = first !== null;
  audit(
    { agentId: before.agentId, agentName: before.agentName, ...from },
    {
      organizationId: before.organizationId,
      action: contradicts ? 'contradict-report' : 'report',
      resourceType: 'verification',
      resourceId: id,
      metadata: { capability: before.capability, status: before.status, ...(contradicts ? { first } : {}), ...report },
    },
  );
  if (contradicts) return { row: before, contradicts };
  await queries.updateTable('verifications').set(report).where('id', '=', id).execute();
  const row = { ...before, ...report };
  if (hasFailed(row) && !hasFailed(before)) await countFailure(change, row);
  publish({
    organizationId: row.organizationId,
    type: 'verification',
    change: 'updated',
    agentId: row.agentId,
    subject: eventView(row),
  });
  if (row.status !== 'approved' && (row.executed === 1 || row.outcome === 'success')) await alertRan(change, row);
  return { row, contradicts };
}

const hasFailed = ({ outcome, executionError }: VerificationTable): boolean =>
  executionError !== null || (outcome !== null && /^(fail|error)/i.test(outcome));

async function countFailure({ queries }: Change, { agentId }: VerificationTable): Promise<void> {
  await queries
    .updateTable('agents')
    .set((eb) => ({ failedCount: eb('failedCount', '+', 1) }))
    .where('id', '=', agentId)
    .execute();
}

const word = (row: VerificationTable, report: Report): string =>
  'outcome' in report ? (row.outcome ?? 'nothing') : row.executed === 1 ? 'executed' : 'not executed';

function alertRan(change: Change, row: VerificationTable): Promise<void> {
  return raiseAlert(change, {
    organizationId: row.organizationId,
    alertType: 'security_breach',
    severity: 'critical',
    title: `${row.agentName}: ${row.capability} ran without approval`,
    description: `The agent reports that it acted, though the request is ${row.status}.`,
    resourceType: 'agent',
    resourceId: row.agentId,
    agentId: row.agentId,
    agentName: row.agentName,
    metadata: { verificationId: row.id, capability: row.capability },
  });
}
