// An agent whose answers are written in the test: a real AIMClient over a transport that plays the server. Nothing is sent anywhere.

import { Readable } from 'node:stream';
import { actionHash, actionMessage, toSignedAction } from '../crypto/action.ts';
import { generateSigningKey } from '../crypto/ed25519.ts';
import { parseExact } from '../crypto/exact-json.ts';
import { RemoteError } from '../errors.ts';
import type { Answer, Attempt, Transport } from '../http/transport.ts';
import { AIMClient, type AIMClientOptions } from '../sdk/aim-client.ts';

/** What the script says to one question. */
export type ScriptedVerdict =
  | 'allowed'
  | 'denied'
  | { denied: string }
  /** Waits until `decide()` is called, or takes the decision that stands here at the first poll. */
  | { pending: 'approved' | 'denied' | 'undecided'; reason?: string }
  | 'unavailable';

/** By capability; `payment:*` covers a namespace, `*` everything else. Without an entry the answer is a denial. */
export type Script = Readonly<Record<string, ScriptedVerdict>>;

/** One question as the agent asked it. */
export type ScriptedCall = {
  capability: string;
  resource: string | null;
  context: Readonly<Record<string, unknown>>;
  riskLevel: string | null;
};

/** An agent, what it asked, what it reported, and the way to decide what waits. */
export type ScriptedAgent = {
  agent: AIMClient;
  /** Every question that was asked, in order. */
  calls: ScriptedCall[];
  /** What was reported to have run, by verification. */
  reports: { verificationId: string; executed: boolean; executionError: string | null }[];
  /** Decides what waits: the oldest, or the one of this capability. @throws RangeError where nothing waits. */
  decide(decision: 'approved' | 'denied', options?: { capability?: string; reason?: string; by?: string }): void;
};

/** A double that behaves as the real client does, because it is one. */
export function scriptedAgent(
  script: Script = {},
  options: Partial<Pick<AIMClientOptions, 'name' | 'enforcementMode' | 'onWaiting' | 'telemetry'>> = {},
): ScriptedAgent {
  const calls: ScriptedCall[] = [];
  const reports: ScriptedAgent['reports'] = [];
  const waiting: Pending[] = [];
  const held = new Map<string, Pending>();

  const transport: Transport = {
    async send(attempt) {
      attempt.signal?.throwIfAborted();
      const { pathname } = attempt.url;
      const id = /\/verifications\/([^/]+)/.exec(pathname)?.[1];
      if (pathname.endsWith('/verifications') && attempt.method === 'POST') return ask(attempt);
      if (id !== undefined && attempt.method === 'GET') return poll(id, attempt);
      if (id !== undefined) {
        const { executed = true, executionError = null } = JSON.parse(attempt.body) as {
          executed?: boolean;
          executionError?: string | null;
        };
        reports.push({ verificationId: id, executed, executionError });
      }
      return answer(200, {});
    },
    // As a server does that knows no streams: the answer is whole.
    async open(attempt) {
      const { text, ...head } = await transport.send(attempt);
      return { ...head, body: Readable.from([Buffer.from(text)]) };
    },
    close() {},
  };

  function ask({ body }: Attempt): Answer {
    const {
      capability,
      resource,
      context,
      riskLevel = null,
      agentId,
      timestamp,
    } = JSON.parse(body) as ScriptedCall & { agentId: string; timestamp: string };
    calls.push({ capability, resource, context, riskLevel });
    const exact = (parseExact(body) as { context: never }).context;
    const hash = actionHash(
      actionMessage({ ...toSignedAction({ agentId, capability, resource, context: {}, timestamp }), context: exact }),
    );
    const base = {
      id: `verification-${calls.length}`,
      actionHash: hash,
      enforcementMode: 'strict',
      riskLevel: 'medium',
      trustScore: 0.9,
    };
    const verdict = verdictFor(script, capability);
    if (verdict === 'unavailable')
      throw new RemoteError('remote.refused', { message: 'The script says that the server is away.' });
    if (verdict === 'allowed') return answer(201, { ...base, status: 'approved', approvedBy: 'system' });
    if (verdict === 'denied') return answer(201, { ...base, status: 'denied', denialReason: 'The script says no.' });
    if ('denied' in verdict) return answer(201, { ...base, status: 'denied', denialReason: verdict.denied });
    const pending: Pending = { base, capability, decision: null, ...Promise.withResolvers<void>() };
    held.set(base.id, pending);
    if (verdict.pending === 'undecided') waiting.push(pending);
    else
      settle(pending, {
        status: verdict.pending,
        ...reasonOf(verdict.pending, verdict.reason),
        approvedBy: 'reviewer@example.test',
      });
    return answer(201, { ...base, status: 'pending' });
  }

  async function poll(id: string, { url, signal }: Attempt): Promise<Answer> {
    const pending = held.get(id);
    if (pending === undefined) return answer(404, { error: 'Verification not found' });
    if (pending.decision === null) await soon(pending.promise, Number(url.searchParams.get('wait') ?? 0) * 1000, signal);
    return answer(200, { ...pending.base, status: 'pending', ...pending.decision });
  }

  function decide(
    decision: 'approved' | 'denied',
    { capability, reason, by = 'reviewer@example.test' }: { capability?: string; reason?: string; by?: string } = {},
  ): void {
    const index = waiting.findIndex((one) => capability === undefined || one.capability === capability);
    const [pending] = index < 0 ? [] : waiting.splice(index, 1);
    if (pending === undefined)
      throw new RangeError(`Nothing${capability === undefined ? '' : ` of ${capability}`} waits for a decision.`);
    settle(pending, { status: decision, ...reasonOf(decision, reason), approvedBy: by });
  }

  const agent = new AIMClient({
    agentId: '00000000-0000-4000-8000-000000000000',
    privateKey: generateSigningKey().privateKey,
    aimUrl: 'http://aim.test',
    name: 'scripted-agent',
    maxRetries: 0,
    ...options,
    transport,
  });
  return { agent, calls, reports, decide };
}

type Pending = {
  base: Record<string, unknown>;
  capability: string;
  decision: Record<string, unknown> | null;
  promise: Promise<void>;
  resolve(): void;
};

function settle(pending: Pending, decision: Record<string, unknown>): void {
  pending.decision = decision;
  pending.resolve();
}

const reasonOf = (decision: string, reason: string | undefined): Record<string, string> =>
  decision === 'denied' ? { denialReason: reason ?? 'The script says no.' } : {};

function verdictFor(script: Script, capability: string): ScriptedVerdict {
  const namespace = `${capability.split(':')[0]}:*`;
  for (const name of [capability, namespace, '*']) {
    const verdict = script[name];
    if (verdict !== undefined) return verdict;
  }
  return { denied: `The script has no verdict for ${capability}.` };
}

function soon(decided: Promise<void>, milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
    decided.then(resolve).finally(() => clearTimeout(timer));
  });
}

const answer = (status: number, body: Record<string, unknown>): Answer => ({
  status,
  headers: { 'content-type': 'application/json' },
  text: JSON.stringify(body),
});
