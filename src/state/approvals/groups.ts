// Requests that are the same: one agent, one action, one resource, the same parameters, the same risk. They are counted, and decided, together.

import type { ApprovalRequest } from '../../wire/verification.ts';
import { actionOf } from './action-facts.ts';
import type { QueueRow } from './queue.ts';
import type { Verdict } from './verdict.ts';

/** Equal for requests that a reviewer may treat as one. Made of what was signed; what was not signed is never the same as what was. */
export function groupKey(request: ApprovalRequest, verdict: Verdict): string {
  const { capability, resource, parameters } = actionOf(request, verdict);
  return JSON.stringify([request.agentId, verdict.kind, capability, resource, parameters, request.riskLevel]);
}

export type Group = { key: string; rows: readonly QueueRow[] };

/** Groups of what waits, in the order of their oldest. */
export function groupsOf(rows: readonly QueueRow[], verdictFor: (request: ApprovalRequest) => Verdict): Group[] {
  const groups = new Map<string, QueueRow[]>();
  for (const row of rows) {
    if (row.request.status !== 'pending') continue;
    const key = groupKey(row.request, verdictFor(row.request));
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups].map(([key, members]) => ({ key, rows: members }));
}
