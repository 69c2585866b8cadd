// What is on record and who is told: alerts, audit, stream, webhooks.

import type { Generated } from 'kysely';
import type { Flag, Json, Milliseconds, Owned } from '../columns.ts';

export type AlertTable = Owned & {
  id: string;
  alertType: string;
  severity: string;
  title: string;
  description: string;
  resourceType: string;
  resourceId: string;
  agentId: string | null;
  agentName: string | null;
  metadata: Json;
  acknowledgedBy: string | null;
  acknowledgedAt: Milliseconds | null;
  resolvedBy: string | null;
  resolvedAt: Milliseconds | null;
  resolution: string | null;
  createdAt: Milliseconds;
};

export type AuditHeadTable = { organizationId: string; sequence: number; hash: string };

export type AuditEntryTable = Owned & {
  sequence: number;
  id: string;
  at: Milliseconds;
  userId: string | null;
  userName: string | null;
  agentId: string | null;
  agentName: string | null;
  action: string;
  resourceType: string;
  resourceId: string | null;
  ipAddress: string | null;
  userAgent: string | null;
  metadata: Json;
  previousHash: string;
  hash: string;
};

export type StreamEventTable = Owned & {
  position: Generated<number>;
  type: string;
  change: string;
  agentId: string | null;
  at: Milliseconds;
  subject: Json;
};

export type WebhookTable = Owned & {
  id: string;
  name: string;
  url: string;
  secret: string;
  events: Json;
  isActive: Flag;
  lastDeliveryAt: Milliseconds | null;
  lastStatus: number | null;
  failureCount: number;
  /** The last event of the stream that it was looked at for. */
  position: number;
  createdBy: string | null;
  createdAt: Milliseconds;
  updatedAt: Milliseconds;
};

/** Counts that triggers keep (migrations/2026-11-v-speed): how many rows of a kind there are with these two values. */
export type TallyTable = Owned & { kind: string; one: string; two: string; count: number; sum: number };
