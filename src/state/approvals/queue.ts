// The queue: first in, first out, and nothing ever moves: who comes later stands below, who is decided elsewhere stays until tidied.

import type { VerificationId } from '../../wire/scalars.ts';
import type { ApprovalRequest } from '../../wire/verification.ts';

export type QueueRow = {
  id: VerificationId;
  request: ApprovalRequest;
  /** Came after the reviewer last tidied or opened the screen: counted as new. */
  isNew: boolean;
};

export type Queue = {
  readonly rows: readonly QueueRow[];
  /** False until the server has answered once: an empty queue is then not known to be empty. */
  readonly isKnown: boolean;
};

export const emptyQueue: Queue = { rows: [], isKnown: false };

export const isWaiting = (row: QueueRow): boolean => row.request.status === 'pending';
export const waitingCount = (queue: Queue): number => queue.rows.filter(isWaiting).length;
export const newCount = (queue: Queue): number => queue.rows.filter((row) => row.isNew && isWaiting(row)).length;

/** The whole list of what waits, as the server has it now. Rows keep their places; what is no longer listed needs another look. */
export function withList(queue: Queue, listed: readonly ApprovalRequest[]): { queue: Queue; missing: VerificationId[] } {
  const byId = new Map(listed.map((request) => [request.id, request]));
  const rows = queue.rows.map((row) => ({ ...row, request: byId.get(row.id) ?? row.request }));
  const known = new Set(queue.rows.map((row) => row.id));
  const fresh = listed.filter((request) => !known.has(request.id) && request.status === 'pending').toSorted(byAge);
  const missing = rows.filter((row) => isWaiting(row) && !byId.has(row.id)).map((row) => row.id);
  const added = fresh.map((request) => ({ id: request.id, request, isNew: queue.isKnown }));
  return { queue: { rows: [...rows, ...added], isKnown: true }, missing };
}

/** One request as it is now. A new one goes to the end, whatever time it claims: nothing is put above what is being looked at. */
export function withRequest(queue: Queue, request: ApprovalRequest): Queue {
  if (queue.rows.some((row) => row.id === request.id)) {
    return { ...queue, rows: queue.rows.map((row) => (row.id === request.id ? { ...row, request } : row)) };
  }
  if (request.status !== 'pending') return queue;
  return { ...queue, rows: [...queue.rows, { id: request.id, request, isNew: true }] };
}

/** Takes away what no longer waits, and counts nothing as new. Only ever on the reviewer's own key, or as the screen opens. */
export function tidied(queue: Queue): Queue {
  return { ...queue, rows: queue.rows.filter(isWaiting).map((row) => (row.isNew ? { ...row, isNew: false } : row)) };
}

/** The one that has waited longest after this one, for going on: `id` itself is left out. */
export function nextWaiting(queue: Queue, id: VerificationId | null): VerificationId | null {
  return queue.rows.find((row) => row.id !== id && isWaiting(row))?.id ?? null;
}

const byAge = (left: ApprovalRequest, right: ApprovalRequest): number =>
  (left.requestedAt ?? '').localeCompare(right.requestedAt ?? '') || left.id.localeCompare(right.id);
