// What instances share: leases, windows of rate limits, deliveries that are owed.

import type { Milliseconds, Owned } from '../columns.ts';

export type LeaseTable = { name: string; holder: string; until: Milliseconds };

export type RateWindowTable = { key: string; startedAt: Milliseconds; used: number };

/** One event for one webhook. Whoever delivers it sets `dueAt` ahead first, which is the claim; it is gone when it was taken. */
export type DeliveryTable = Owned & {
  id: string;
  webhookId: string;
  /** Of the event in the stream. */
  position: number;
  body: string;
  attempts: number;
  dueAt: Milliseconds;
  createdAt: Milliseconds;
};
