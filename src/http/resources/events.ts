// Verification events: history, one, counts; the live stream is in ../stream.ts (wire-agents §6).

import { z } from 'zod';
import { wireObject } from '../../wire/casing.ts';
import { verificationEvent, verificationEventList } from '../../wire/event.ts';
import type { Api } from '../api.ts';
import type { Caller } from '../caller.ts';
import { offsetOf, pageOf } from '../paging.ts';
import { batchesOf, streamOf } from '../stream.ts';

const subject = 'events';
const count = z
  .number()
  .nullish()
  .transform((value) => value ?? 0);

const statistics = wireObject({
  totalVerifications: count,
  successCount: count,
  failedCount: count,
  pendingCount: count,
  timeoutCount: count,
  verificationsPerMinute: count,
  uniqueAgentsVerified: count,
});

export function eventsOf(caller: Caller, has: Api['has'], approvals: Api['approvals']): Api['events'] {
  const events: Omit<Api['events'], 'stream' | 'batches'> = {
    async list({ agentId, since, until, signal, cursor, ...options } = {}) {
      // A cursor of the server's own goes back as it came; ours are offsets.
      const own = cursor !== undefined && !/^o\d+$/.test(cursor);
      const asked = offsetOf({ ...options, cursor: own ? undefined : cursor });
      const query = { ...(own ? { limit: asked.limit, cursor } : asked), agent_id: agentId, since, until };
      const { events: received, ...rest } = await caller.ask({
        path: '/api/v1/verification-events',
        query,
        schema: verificationEventList,
        subject,
        signal,
      });
      const fits = (at: string | null): boolean =>
        at === null || ((since === undefined || at >= since) && (until === undefined || at <= until));
      return pageOf(asked, { ...rest, items: received.filter((event) => fits(event.createdAt)) });
    },

    get: (id, { signal } = {}) =>
      caller.ask({ path: `/api/v1/verification-events/${encodeURIComponent(id)}`, schema: verificationEvent, subject, signal }),

    statistics: (period, { signal } = {}) =>
      caller.ask({ path: '/api/v1/verification-events/statistics', query: { period }, schema: statistics, subject, signal }),
  };
  const parts = { caller, has, events, approvals };
  return { ...events, stream: streamOf(parts), batches: batchesOf(parts) };
}
