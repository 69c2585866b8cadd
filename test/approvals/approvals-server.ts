// A server in memory that decides requests as the real one does, and can be told to misbehave.

import { ExitCode, PolicyError, RemoteError } from '../../src/errors.ts';
import type { Decision } from '../../src/http/api.ts';
import type { Timestamp } from '../../src/wire/scalars.ts';
import { type ApprovalRequest, decisionAnswer } from '../../src/wire/verification.ts';
import { type FakeServer, fakeServer } from '../components/fake-api.ts';
import { NOW } from './signed-request.ts';

export type ApprovalsServer = FakeServer & {
  /** Each decision that the server took in, whatever it made of it. */
  decisions: { verb: 'approve' | 'deny'; id: string; decision: Decision }[];
  /** A request that arrives, or is another one now, as the stream brings it. */
  arrive(request: ApprovalRequest): void;
  find(id: string): ApprovalRequest;
};

export function approvalsServer(requests: ApprovalRequest[] = []): ApprovalsServer {
  let position = 1000;
  const server = fakeServer({ approvals: requests }) as ApprovalsServer;
  server.decisions = [];
  server.find = (id) => server.approvals.find((request) => request.id === id) as ApprovalRequest;
  server.arrive = (request) => {
    server.approvals = [...server.approvals.filter(({ id }) => id !== request.id), request];
    const at = new Date(NOW).toISOString() as Timestamp;
    server.emit({
      kind: 'event',
      event: { type: 'approval', position: String(++position), at, change: 'created', subject: request },
    });
  };
  const settle = (verb: 'approve' | 'deny') => (id: string, decision: Decision & { reason?: string }) => {
    server.decisions.push({ verb, id, decision });
    const request = server.find(id);
    const refuse = (code: string, message: string) => {
      throw new PolicyError(code, { message, exitCode: ExitCode.Conflict, current: request });
    };
    if (request.status !== 'pending') refuse('policy.already-decided', 'It was decided already.');
    if (request.binding !== null && decision.actionHash !== request.binding.actionHash)
      refuse('policy.action-changed', 'The action changed.');
    const status = verb === 'approve' ? 'approved' : 'denied';
    const decided = {
      ...request,
      status,
      decidedAt: new Date(NOW).toISOString(),
      mayReview: false,
      mayNotReviewBecause: `It is already ${status}.`,
      ...(verb === 'approve'
        ? { approvedBy: 'operator@localhost' }
        : { deniedBy: 'operator@localhost', denialReason: decision.reason }),
    } as ApprovalRequest;
    server.approvals = server.approvals.map((one) => (one.id === id ? decided : one));
    // As the real one: the stream tells of it, too.
    server.arrive(decided);
    return decisionAnswer.parse({ id, status });
  };
  server.override = {
    'approvals.approve': settle('approve') as never,
    'approvals.deny': settle('deny') as never,
    'approvals.list': (({ status }: { status?: string } = {}) => {
      const items = server.approvals.filter((request) => status === 'all' || request.status === (status ?? 'pending'));
      return { items, nextCursor: null, total: items.length };
    }) as never,
  };
  return server;
}

export const lostLink = (): never => {
  throw new RemoteError('remote.connection', { message: 'The connection was lost.' });
};
