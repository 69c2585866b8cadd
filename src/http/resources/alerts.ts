// Alerts: list, acknowledge, resolve (wire-agents §8.1).

import { z } from 'zod';
import { wireObject } from '../../wire/casing.ts';
import { alert } from '../../wire/event.ts';
import { listOf } from '../../wire/scalars.ts';
import type { Api } from '../api.ts';
import { type Caller, newIdempotencyKey } from '../caller.ts';
import { offsetOf, pageOf } from '../paging.ts';

const subject = 'alerts';
const at = (id: string): string => `/api/v1/admin/alerts/${encodeURIComponent(id)}`;
const alertList = wireObject({ alerts: listOf(alert), total: z.number().nullish() });

export function alertsOf(caller: Caller): Api['alerts'] {
  return {
    async list({ severity, status, signal, ...options } = {}) {
      const asked = offsetOf(options);
      const { alerts, total } = await caller.ask({
        path: '/api/v1/admin/alerts',
        query: { ...asked, severity, status },
        schema: alertList,
        subject,
        signal,
      });
      // AIM's own server ignores both filters and counts the page in `total` (recorded/README, quirks 8 and 9).
      const fitting = alerts.filter(
        (one) =>
          (severity === undefined || one.severity === severity) &&
          (status === undefined || status === 'all' || one.isAcknowledged === (status === 'acknowledged')),
      );
      const page = pageOf(asked, { items: alerts, total: total === alerts.length ? null : total });
      return fitting.length === alerts.length
        ? page
        : { ...page, items: page.items.filter((one) => fitting.includes(one)), total: null };
    },
    acknowledge: (id, { signal, idempotencyKey = newIdempotencyKey() } = {}) =>
      caller.tell({ method: 'POST', path: `${at(id)}/acknowledge`, body: {}, subject, signal, idempotencyKey }),
    // Servers read `resolution`, one dashboard sends `resolutionNotes` (contradiction 11): both go out.
    resolve: (id, resolution, { signal, idempotencyKey = newIdempotencyKey() } = {}) =>
      caller.tell({
        method: 'POST',
        path: `${at(id)}/resolve`,
        body: { resolution, resolutionNotes: resolution },
        subject,
        signal,
        idempotencyKey,
      }),
  };
}
