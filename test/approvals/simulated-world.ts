// A small world for the model-based test: two reviewers with real approvals stores, one agent, a clock, and a server that may turn on them.

import type { KnownAgents } from '../../src/credentials/known-agents.ts';
import { readSigningKey } from '../../src/crypto/ed25519.ts';
import { type Receipt, verifyReceipt } from '../../src/crypto/receipt.ts';
import { ExitCode, PolicyError, RemoteError } from '../../src/errors.ts';
import type { Api, Decision } from '../../src/http/api.ts';
import { type Approvals, createApprovals } from '../../src/state/approvals/create-approvals.ts';
import { givenBy } from '../../src/state/approvals/narrowing.ts';
import type { PressedKey } from '../../src/state/approvals/press.ts';
import { type ApprovalRequest, decisionAnswer, type Narrowing } from '../../src/wire/verification.ts';
import { agentKey, aSignedRequest, bindingOf, NOW } from './signed-request.ts';

/** How the server treats the next decision. */
export type Mischief = 'honest' | 'lose-request' | 'lose-answer' | 'answer-without-doing' | 'do-nothing-and-refuse' | 'late';

export type Posted = { by: string; verb: 'approve' | 'deny'; id: string; decision: Decision; at: number };

export type World = {
  at: number;
  mischief: Mischief;
  readonly requests: Map<string, ApprovalRequest>;
  /** The hash of what the agent of each request wants, whatever the server makes of it later. */
  readonly wanted: Map<string, string>;
  readonly posted: Posted[];
  readonly reviewers: Map<string, Reviewer>;
  ask(resource: string, needed?: number): void;
  /** How many reviewers the agent of a request wants to have signed. */
  needed(id: string): number;
  /** How many have, in receipts that fit what it wants. */
  signers(id: string): ReadonlySet<string>;
  /** The server shows another action of the same agent under this id. */
  swap(id: string, resource: string): void;
  setStatus(id: string, status: ApprovalRequest['status']): void;
  forgetSignature(id: string): void;
  tell(name: string, id: string): void;
  restart(name: string): void;
  release(): void;
  pass(milliseconds: number): Promise<void>;
  /** Whether an agent that checks receipts would run what it asked for. */
  agentRuns(id: string): boolean;
};

export type Reviewer = {
  name: string;
  store: Approvals;
  /** What the person had in front of them when the keys for an approval were completed. */
  readonly confirmed: { id: string; hash: string | undefined; at: number; given: Narrowing }[];
  narrow(narrow: Narrowing): void;
  open(id: string, to: 'read' | 'deny'): Promise<void>;
  readAll(): void;
  press(key: PressedKey, lone: boolean, repeat: boolean): void;
  enter(text: string, lone: boolean): void;
};

const keys = new Map(['ana', 'bo'].map((name, at) => [name, readSigningKey(Buffer.alloc(32, 40 + at).toString('base64'))]));
const reviewerKeys = [...keys.values()].map((key) => key.publicKey);

export function createWorld(): World {
  const timers: { at: number; run(): void }[] = [];
  const late: (() => void)[] = [];
  const receipts = new Map<string, Receipt[]>();
  const wantedReviewers = new Map<string, number>();
  let serial = 0;

  const world: World = {
    at: NOW,
    mischief: 'honest',
    requests: new Map(),
    wanted: new Map(),
    posted: [],
    reviewers: new Map(),
    ask(resource, needed = 1) {
      const request = aSignedRequest(
        { id: `v-${++serial}`, resource },
        {
          expiresAt: new Date(world.at + 60_000).toISOString(),
          quorum: { approvalsNeeded: needed, denialsNeeded: 1, groups: [], policy: null, reviews: [] },
          asked: { durationSeconds: 3600, uses: 10 },
          allowed: { durationSeconds: 3600, uses: 10, suggestedDurationSeconds: 900, suggestedUses: 1 },
        },
      );
      wantedReviewers.set(request.id, needed);
      world.requests.set(request.id, request);
      world.wanted.set(request.id, request.binding?.actionHash ?? '');
    },
    swap: (id, resource) =>
      edit(id, (request) => ({ ...request, resource: resource as never, binding: bindingOf({ resource }) })),
    setStatus: (id, status) => edit(id, (request) => ({ ...request, status })),
    forgetSignature: (id) => edit(id, (request) => ({ ...request, binding: null })),
    tell(name, id) {
      const subject = world.requests.get(id);
      const at = new Date(world.at).toISOString() as never;
      if (subject)
        world.reviewers
          .get(name)
          ?.store.take({ kind: 'event', event: { type: 'approval', position: '1', at, change: 'updated', subject } });
    },
    restart(name) {
      world.reviewers.get(name)?.store.stop();
      world.reviewers.set(name, createReviewer(name));
    },
    release: () => {
      for (const answer of late.splice(0)) answer();
    },
    async pass(milliseconds) {
      world.at += milliseconds;
      for (const request of world.requests.values()) {
        if (request.status === 'pending' && Date.parse(request.expiresAt ?? '') <= world.at)
          world.setStatus(request.id, 'expired');
      }
      for (const timer of timers.filter(({ at }) => at <= world.at)) {
        timers.splice(timers.indexOf(timer), 1);
        timer.run();
      }
      await new Promise((resolve) => setImmediate(resolve));
    },
    needed: (id) => wantedReviewers.get(id) ?? 1,
    signers(id) {
      const signed = (receipts.get(id) ?? []).filter((receipt) => {
        const verdict = verifyReceipt(receipt, {
          publicKeys: reviewerKeys,
          verificationId: id,
          actionHash: world.wanted.get(id),
          decision: 'approve',
        });
        return verdict.valid;
      });
      return new Set(signed.map(({ publicKey }) => publicKey));
    },
    agentRuns: (id) => world.signers(id).size >= world.needed(id),
  };
  const edit = (id: string, change: (request: ApprovalRequest) => ApprovalRequest) => {
    const request = world.requests.get(id);
    if (request) world.requests.set(id, change(request));
  };

  /** Keeps the review, and gives what then holds. */
  const record = (id: string, by: string, verb: 'approve' | 'deny'): ApprovalRequest['status'] => {
    const review = { by, byEmail: null, decision: verb, reason: null, at: null, own: false, interactive: true, counts: true };
    edit(id, (request) => {
      const reviews = [...(request.quorum?.reviews ?? []), review] as never;
      return { ...request, quorum: request.quorum === null ? null : { ...request.quorum, reviews } };
    });
    const approvals = world.requests.get(id)?.quorum?.reviews.filter(({ decision }) => decision === 'approve').length ?? 1;
    const status = verb === 'deny' ? 'denied' : approvals >= world.needed(id) ? 'approved' : 'pending';
    world.setStatus(id, status);
    edit(id, (request) => ({ ...request, undoUntil: new Date(world.at + 10_000).toISOString() as never }));
    return status;
  };
  const undo = (by: string) => async (id: string) => {
    const request = world.requests.get(id);
    const { mischief } = world;
    if (mischief === 'late') await new Promise<void>((resolve) => late.push(resolve));
    if (request === undefined || mischief === 'lose-request') throw new RemoteError('remote.connection', { message: 'Lost.' });
    if (mischief === 'do-nothing-and-refuse' || Date.parse(request.undoUntil ?? '') <= world.at)
      throw new PolicyError('policy.too-late', { message: 'Too late.', exitCode: ExitCode.Conflict });
    // A server that lies answers as if it had, and keeps the decision.
    if (mischief === 'answer-without-doing') return { ...request, status: 'pending' as const, undoUntil: null };
    edit(id, (held) => ({
      ...held,
      status: 'pending',
      undoUntil: null,
      quorum:
        held.quorum === null ? null : { ...held.quorum, reviews: held.quorum.reviews.filter((review) => review.by !== by) },
    }));
    if (mischief === 'lose-answer') throw new RemoteError('remote.connection', { message: 'Lost.' });
    return world.requests.get(id) as ApprovalRequest;
  };
  const done = new Map<string, unknown>();
  const decide =
    (by: string, verb: 'approve' | 'deny') =>
    async (id: string, decision: Decision = {}) => {
      world.posted.push({ by, verb, id, decision, at: world.at });
      const { mischief } = world;
      if (decision.receipt) receipts.set(id, [...(receipts.get(id) ?? []), decision.receipt as Receipt]);
      if (mischief === 'late') await new Promise<void>((resolve) => late.push(resolve));
      if (mischief === 'lose-request') throw new RemoteError('remote.connection', { message: 'Lost.' });
      const request = world.requests.get(id);
      if (request === undefined) throw new RemoteError('remote.server-error', { message: 'Gone.' });
      if (mischief === 'do-nothing-and-refuse')
        throw new PolicyError('policy.already-decided', { message: 'No.', exitCode: ExitCode.Conflict });
      if (mischief === 'answer-without-doing')
        return decisionAnswer.parse({ id, status: verb === 'approve' ? 'approved' : 'denied' });
      const replay = done.get(decision.idempotencyKey ?? '');
      if (replay === undefined) {
        if (request.status !== 'pending')
          throw new PolicyError('policy.already-decided', { message: 'Decided.', exitCode: ExitCode.Conflict });
        if (decision.actionHash !== request.binding?.actionHash)
          throw new PolicyError('policy.action-changed', { message: 'Changed.', exitCode: ExitCode.Conflict });
        if (request.quorum?.reviews.some((review) => review.by === by))
          throw new PolicyError('policy.not-reviewable', { message: 'Reviewed.', exitCode: ExitCode.Conflict });
        const status = record(id, by, verb);
        done.set(decision.idempotencyKey ?? '', { id, status });
      }
      if (mischief === 'lose-answer') throw new RemoteError('remote.connection', { message: 'Lost.' });
      return decisionAnswer.parse(done.get(decision.idempotencyKey ?? ''));
    };

  const createReviewer = (name: string): Reviewer => {
    let keySerial = 0;
    const get = async (id: string) => {
      const request = world.requests.get(id);
      if (request === undefined || world.mischief === 'lose-request')
        throw new RemoteError('remote.connection', { message: 'Lost.' });
      return request;
    };
    const api = {
      server: 'http://127.0.0.1:1',
      has: async () => true,
      approvals: {
        get,
        list: async () => ({
          items: [...world.requests.values()].filter(({ status }) => status === 'pending'),
          nextCursor: null,
          total: null,
        }),
        approve: decide(name, 'approve'),
        deny: decide(name, 'deny'),
        undo: undo(name),
      },
    } as unknown as Api;
    const store = createApprovals({
      api: () => api,
      known: forgetful,
      me: () => ({ id: name as never, email: `${name}@example.test` as never }),
      reviewerKey: async () => keys.get(name) ?? agentKey,
      agents: () => [],
      changed() {},
      now: () => world.at,
      newKey: () => `${name}-${world.at}-${++keySerial}`,
      setTimer: (run, milliseconds) => {
        const timer = { at: world.at + milliseconds, run };
        timers.push(timer);
        return timer;
      },
      clearTimer() {},
    });
    const confirmed: Reviewer['confirmed'] = world.reviewers.get(name)?.confirmed ?? [];
    return {
      name,
      store,
      confirmed,
      open: (id, to) => store.open(id as never, to).catch(() => {}),
      readAll: () => store.dispatch({ kind: 'laid-out', width: 80, height: 19, total: 20, top: 0, bottom: 20, at: world.at }),
      press(key, lone, repeat) {
        const before = store.get().panel;
        const isConfirming = before?.step.kind === 'confirming';
        if (isConfirming && key === 'confirm' && lone && !repeat) {
          const { request, verdict } = before.shown;
          confirmed.push({ id: request.id, hash: verdict.signed?.hash, at: world.at, given: givenBy(request, before.narrow) });
        }
        store.dispatch({ kind: 'pressed', key, at: world.at, lone, repeat });
      },
      narrow: (narrow) => store.dispatch({ kind: 'narrowed', narrow, at: world.at }),
      enter: (text, lone) => store.dispatch({ kind: 'submitted', text, at: world.at, lone, repeat: false }),
    };
  };

  for (const name of keys.keys()) world.reviewers.set(name, createReviewer(name));
  return world;
}

/** Every key is new each time: first use is the weaker case. */
const forgetful: KnownAgents = {
  find: () => null,
  all: () => [],
  pin: async () => {},
  replace: async () => {},
  reload: async () => {},
};
