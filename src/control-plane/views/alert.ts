// An alert as the API answers it.

import type { AlertTable } from '../database/tables/records.ts';
import { timeView } from './time.ts';

export const alertView = ({ acknowledgedAt, resolvedAt, createdAt, metadata, ...row }: AlertTable) => ({
  ...row,
  isAcknowledged: acknowledgedAt !== null,
  acknowledgedAt: timeView(acknowledgedAt),
  isResolved: resolvedAt !== null,
  resolvedAt: timeView(resolvedAt),
  createdAt: timeView(createdAt),
  metadata: JSON.parse(metadata) as Record<string, unknown>,
});
