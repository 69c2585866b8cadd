// The audit log (wire-agents §8.2).

import { z } from 'zod';
import { wireObject } from '../../wire/casing.ts';
import { auditEntry } from '../../wire/event.ts';
import { listOf } from '../../wire/scalars.ts';
import type { Api } from '../api.ts';
import type { Caller } from '../caller.ts';
import { offsetOf, pageOf } from '../paging.ts';

const auditList = wireObject({ logs: listOf(auditEntry), total: z.number().nullish(), nextCursor: z.string().nullish() });

export function auditOf(caller: Caller): Api['audit'] {
  return {
    async list({ signal, ...options } = {}) {
      const asked = offsetOf(options);
      const { logs, total, nextCursor } = await caller.ask({
        path: '/api/v1/admin/audit-logs',
        query: asked,
        schema: auditList,
        subject: 'audit-log',
        signal,
      });
      // On AIM's own server `total` is the length of the page (recorded/README, quirk 8).
      return pageOf(asked, { items: logs, total: total === logs.length ? null : total, nextCursor: nextCursor ?? undefined });
    },
  };
}
