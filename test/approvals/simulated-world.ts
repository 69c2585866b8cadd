// A small world for the model-based test: two reviewers with real approvals stores, one agent, a clock, and a server that may turn on them.

import type { KnownAgents } from '../../src/credentials/known-agents.ts';
import { readSigningKey } from '../../src/crypto/ed25519.ts';
import { type Receipt, verifyReceipt } from '../../src/crypto/receipt.ts';
import { ExitCode, PolicyError, RemoteError } from '../../src/errors.ts';
import type { Api, Decision } from '../../src/http/api.ts';
import { type Approvals, createApprovals } from '../../src/state/approvals/create-approvals.ts';
import type { PressedKey } from '../../src/state/approvals/press.ts';
import { type ApprovalRequest, decisionAnswer } from '../../src/wire/verification.ts';
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
  ask(resource: string): void;
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
  readonly confirmed: { id: string; hash: string | undefined; at: number }[];
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
  let serial = 0;

  const world: World = {
    at: NOW,
    mischief: 'honest',
    requests: new Map(),
    wanted: new Map(),
    posted: [],
    reviewers: new Map(),
    ask(resource) {
      const request = aSignedRequest(
        { id: `v-${++serial}`, resource },
        { expiresAt: new Date(world.at + 60_000).toISOString() },
      );
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
    agentRuns(id) {
      return (receipts.get(id) ?? []).some((receipt) => {
        const verdict = verifyReceipt(receipt, {
          publicKeys: reviewerKeys,
          verificationId: id,
          actionHash: world.wanted.get(id),
          decision: 'approve',
        });
        return verdict.valid;
      });
    },
  };
  const edit = (id: string, change: (request: ApprovalRequest) => ApprovalRequest) => {
    const request = world.requests.get(id);
    if (request) world.requests.set(id, change(request));
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
        world.setStatus(id, verb === 'approve' ? 'approved' : 'denied');
        done.set(decision.idempotencyKey ?? '', { id, status: verb === 'approve' ? 'approved' : 'denied' });
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
      readAll: () => store.dispatch({ kind: 'laid-out', width: 80, height: 19, total: 20, bottom: 20, at: world.at }),
      press(key, lone, repeat) {
        const before = store.get().panel;
        const isConfirming = before?.step.kind === 'confirming';
        if (isConfirming && key === 'confirm' && lone && !repeat) {
          confirmed.push({ id: before.shown.request.id, hash: before.shown.verdict.signed?.hash, at: world.at });
        }
        store.dispatch({ kind: 'pressed', key, at: world.at, lone, repeat });
      },
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
