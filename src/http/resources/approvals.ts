// Requests that wait for a person: the queue, one item, the decision, and the grants that approvals made (wire-agents §5).

import { z } from 'zod';
import { ExitCode, RemoteError, UsageError } from '../../errors.ts';
import { wireObject } from '../../wire/casing.ts';
import { listOf, type VerificationId } from '../../wire/scalars.ts';
import { type ApprovalRequest, approvalList, approvalRequest, decisionAnswer, grant } from '../../wire/verification.ts';
import type { Api, CallOptions, ChangeOptions, Decision } from '../api.ts';
import { type Call, type Caller, newIdempotencyKey } from '../caller.ts';
import { decode } from '../decode.ts';
import { allItems, offsetOf, pageOf } from '../paging.ts';

const subject = 'approvals';
const at = (id: string): string => `/api/v1/admin/verifications/${encodeURIComponent(id)}`;
const grantList = wireObject({ grants: listOf(grant), total: z.number().nullish(), nextCursor: z.string().nullish() });

export function approvalsOf(caller: Caller): Api['approvals'] {
  const approvals: Api['approvals'] = {
    async list({ status = 'pending', search, signal, ...options } = {}) {
      const asked = offsetOf(options);
      // Pages of this API begin anywhere; pages of the wire have numbers. Cursors of one walk are multiples of its limit.
      const query = {
        page: Math.floor(asked.offset / asked.limit) + 1,
        page_size: asked.limit,
        status,
        risk: 'all',
        search,
        order: 'oldest',
      };
      const path = '/api/v1/admin/verifications/pending';
      const body = await caller.ask({ path, query, schema: z.unknown(), subject, signal });
      const { requests, total } = decode(approvalList, body, { server: caller.server, path });
      // A bare array is everything an old server has: it read no filter and no page number.
      if (body !== null && !Array.isArray(body)) return pageOf(asked, { items: oldestFirst(requests), total });
      const fitting = requests.filter((one) => (status === 'all' || one.status === status) && mentions(one, search));
      return pageOf(asked, { items: oldestFirst(fitting), total: fitting.length });
    },

    async get(id, { signal } = {}) {
      try {
        return await caller.ask({ path: at(id), schema: approvalRequest, subject, signal });
      } catch (error) {
        if (!(error instanceof RemoteError) || error.code !== 'approvals.unsupported') throw error;
        return findInList(id, { signal });
      }
    },

    approve: (id, decision = {}) => decide(id, 'approve', decision),
    deny: (id, decision) => decide(id, 'deny', decision),

    comment: (id, text, { signal, idempotencyKey = newIdempotencyKey() } = {}) =>
      caller.ask({
        method: 'POST',
        path: `${at(id)}/comments`,
        body: { text },
        schema: approvalRequest,
        subject,
        signal,
        idempotencyKey,
      }),

    undo: (id, options = {}) => around(id, 'undo', {}, options),
    nudge: (id, { reason, ...options } = {}) => around(id, 'nudge', { reason }, options),
    assign: (id, to, options = {}) => around(id, 'assign', { to }, options),

    escalate: (id, { signal, reason, idempotencyKey = newIdempotencyKey() } = {}) =>
      caller.ask({
        method: 'POST',
        path: `${at(id)}/escalate`,
        body: { reason },
        schema: approvalRequest,
        subject,
        signal,
        idempotencyKey,
      }),

    async grants({ signal, ...options } = {}) {
      const asked = offsetOf(options);
      const { grants, ...rest } = await caller.ask({
        path: '/api/v1/admin/grants',
        query: asked,
        schema: grantList,
        subject: 'grants',
        signal,
      });
      return pageOf(asked, { items: grants, ...rest });
    },

    revokeGrant: (id, { signal, reason, idempotencyKey = newIdempotencyKey() } = {}) =>
      caller.ask({
        method: 'POST',
        path: `/api/v1/admin/grants/${encodeURIComponent(id)}/revoke`,
        body: { reason },
        schema: grant,
        subject: 'grants',
        signal,
        idempotencyKey,
      }),
  };

  /** What is done about a request beside deciding it; answered with the request as it is then. */
  function around(
    id: VerificationId,
    verb: 'undo' | 'nudge' | 'assign',
    body: object,
    { signal, idempotencyKey = newIdempotencyKey() }: ChangeOptions,
  ): Promise<ApprovalRequest> {
    const call: Call = { method: 'POST', path: `${at(id)}/${verb}`, body, subject, signal, idempotencyKey };
    return caller.ask({ ...call, schema: approvalRequest });
  }

  function decide(
    id: VerificationId,
    verb: 'approve' | 'deny',
    { signal, idempotencyKey = newIdempotencyKey(), freshToken: token, ...decision }: Decision,
  ) {
    const call: Call = { method: 'POST', path: `${at(id)}/${verb}`, body: decision, subject, signal, idempotencyKey, token };
    return caller.ask({ ...call, schema: decisionAnswer });
  }

  // Servers before ours have the list alone; it holds every state when asked for all.
  async function findInList(id: VerificationId, { signal }: CallOptions): Promise<ApprovalRequest> {
    for await (const one of allItems((page) => approvals.list({ ...page, status: 'all' }), { signal }))
      if (one.id === id) return one;
    throw new UsageError('approval.not-found', {
      message: `There is no such approval on ${caller.server}.`,
      next: 'See the queue: aim approvals ls',
      exitCode: ExitCode.NotFound,
    });
  }

  return approvals;
}

function mentions(request: ApprovalRequest, search: string | undefined): boolean {
  if (search === undefined || search === '') return true;
  const wanted = search.toLowerCase();
  return [request.id, request.agentName, request.agentId, request.capability, request.resource].some((text) =>
    text?.toLowerCase().includes(wanted),
  );
}

const oldestFirst = (requests: readonly ApprovalRequest[]): ApprovalRequest[] =>
  [...requests].sort((left, right) => (left.requestedAt ?? '').localeCompare(right.requestedAt ?? ''));
