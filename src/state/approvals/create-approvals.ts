// The approvals store: runs the machine, carries out what it wants, and feeds it what the server says.

import { type KnownAgents, keyFingerprint } from '../../credentials/known-agents.ts';
import type { SigningKey } from '../../crypto/ed25519.ts';
import type { Receipt } from '../../crypto/receipt.ts';
import { AIMError } from '../../errors.ts';
import type { Api, StreamItem } from '../../http/api.ts';
import { say } from '../../text/say.ts';
import type { Agent } from '../../wire/agent.ts';
import type { AgentId, VerificationId } from '../../wire/scalars.ts';
import type { Account } from '../../wire/session.ts';
import type { ApprovalRequest } from '../../wire/verification.ts';
import { carryOut } from './carry-out.ts';
import { clockWatch } from './clock-watch.ts';
import { receiptOf } from './decision-receipt.ts';
import type { KeptMutes } from './kept-mutes.ts';
import type { Effect, InFlight, Model, Shown, Verb } from './model.ts';
import { type ApprovalsEvent, noApprovals, reduce } from './reduce.ts';
import { createSigner } from './signer.ts';
import { takeBack, type Undo } from './take-back.ts';
import { type Verdict, verdictOf } from './verdict.ts';

export type Approvals = {
  get(): Model;
  dispatch(event: ApprovalsEvent): void;
  /**
   * Opens the panel of a request: fetched anew, so that what is read is what the server has. Resolves when it is open, or was closed before
   * that; a request that is being opened, or is open, is not opened again. @throws AIMError
   */
  open(id: VerificationId, to?: 'read' | 'deny'): Promise<void>;
  close(): void;
  /** Opens a decision about several: what stands in the queue, checked again here. */
  openBulk(ids: readonly VerificationId[], verb: Verb): void;
  /** Checked once per request as it came. */
  verdictFor(request: ApprovalRequest): Verdict;
  take(item: StreamItem): void;
  /** Fetches the queue again. Failures are kept in `problem`, not thrown. */
  refresh(): Promise<void>;
  readonly problem: string | null;
  now(): number;
  stop(): void;
};

export type ApprovalsOptions = {
  api: () => Api;
  known: KnownAgents;
  me: () => Pick<Account, 'id' | 'email'> | null;
  /** The reviewer's own key, opened when the first decision is signed. Null: this reviewer signs nothing. */
  reviewerKey(): Promise<SigningKey | null>;
  /** Keeps the reviewer's own copy of what was signed. A failure is shown, and stops nothing. */
  keepReceipt?(id: VerificationId, verb: Verb, receipt: Receipt): Promise<void>;
  /** Where mutes outlive this dashboard. */
  mutes?: KeptMutes;
  /** Proves in the browser who is there, and gives the token for one decision. Without it such requests cannot be approved here. */
  signIn?(options: { note(words: string): void; signal: AbortSignal }): Promise<string>;
  agents: () => readonly Agent[];
  changed(): void;
  now(): number;
  /** A clock that nobody sets: with it, a clock that is set arms no key. */
  steady?(): number;
  newKey(): string;
  setTimer?: (run: () => void, milliseconds: number) => unknown;
  clearTimer?: (timer: unknown) => void;
};

export function createApprovals(options: ApprovalsOptions): Approvals {
  const { api, known, agents, changed, now, newKey } = options;
  const {
    setTimer = (run, milliseconds) => setTimeout(run, milliseconds),
    clearTimer = (timer) => clearTimeout(timer as NodeJS.Timeout),
  } = options;
  const timers = new Set<unknown>();
  let model: Model = noApprovals;
  let problem: string | null = null;
  let opening: VerificationId | null = null;
  let verdicts = new WeakMap<ApprovalRequest, Verdict>();
  let isStopped = false;

  const trouble = (words: string) => {
    problem = words;
    changed();
  };
  const later = (run: () => void, milliseconds: number) => {
    const timer = setTimer(() => {
      timers.delete(timer);
      if (!isStopped) run();
    }, milliseconds);
    timers.add(timer);
  };
  const watch = options.steady === undefined ? null : clockWatch(now, options.steady);
  const dispatch = (event: ApprovalsEvent) => {
    if (watch?.hasLost() === true) step({ kind: 'lost-time', at: now() });
    step(event);
    watch?.attend(model.panel?.step.kind === 'confirming' || model.bulk?.step === 'confirming');
  };
  const step = (event: ApprovalsEvent) => {
    const [next, effects] = reduce(model, event, newKey);
    if (next !== model) changed();
    model = next;
    for (const effect of effects) run(effect);
    // The key may have been kept meanwhile.
    if (event.kind === 'answered') takeKnown(event.id);
    if (event.kind === 'muted') keepMute(event.agent);
  };
  const keepMute = (agent: AgentId) => {
    options.mutes
      ?.keep(api().server, agent, model.mutes.get(agent) ?? null, now())
      .catch(() => trouble(say`That could not be kept on this machine: it ends with this dashboard.`));
  };
  void options.mutes?.read(api().server, now()).then((mutes) => {
    if (!isStopped && mutes.size > 0) step({ kind: 'mutes-kept', mutes });
  });
  const reloadKnown = async () => {
    await known.reload();
    verdicts = new WeakMap();
  };
  const verdictFor = (request: ApprovalRequest): Verdict => {
    const checked = verdicts.get(request) ?? verdictOf(request, known.find(api().server, request.agentId));
    verdicts.set(request, checked);
    return checked;
  };
  const shownOf = (request: ApprovalRequest): Shown => ({
    request,
    verdict: verdictFor(request),
    around: {
      agent: agents().find((agent) => agent.id === request.agentId) ?? null,
      otherNames: agents()
        .filter((agent) => agent.id !== request.agentId)
        .map((agent) => agent.name),
      me: options.me()?.id ?? null,
    },
  });
  // A retry carries the same receipt: a second one over another moment would be another decision.
  const receipts = new Map<string, Promise<Receipt | null>>();
  const receiptFor = (flight: InFlight): Promise<Receipt | null> => {
    const made = receipts.get(flight.idempotencyKey) ?? makeReceipt(flight);
    receipts.set(flight.idempotencyKey, made);
    return made;
  };
  const makeReceipt = async (flight: InFlight): Promise<Receipt | null> => {
    const me = options.me();
    const key = me !== null && (await api().has('approvals.receipt')) ? await options.reviewerKey() : null;
    const receipt = me === null || key === null ? null : receiptOf(flight, me, api().server, key);
    if (receipt !== null)
      options
        .keepReceipt?.(flight.id, flight.verb, receipt)
        .catch(() => trouble(say`The receipt could not be kept on this machine.`));
    return receipt;
  };
  const takeRequest = (request: ApprovalRequest) => {
    dispatch({ kind: 'changed', request });
    if (model.panel?.shown.request.id === request.id && !model.inFlight.has(request.id)) {
      dispatch({ kind: 'shown', shown: shownOf(request), at: now() });
    }
  };
  const signer = createSigner({ signIn: options.signIn, dispatch: (event) => dispatch(event), now });
  const undo = (asked: Undo) =>
    void takeBack(asked, { api: api(), me: options.me()?.id ?? null, now, dispatch, shownOf, lookAgain });
  /** The stream tells everybody the same: what concerns this reviewer alone is kept, and asked for again. */
  const takeFromStream = (told: ApprovalRequest) => {
    // After a reconnection what was missed is told again, and not always in order: what is known already is newer.
    const held = model.queue.rows.find(({ id }) => id === told.id)?.request;
    if (isOlder(told, held) || isOlder(told, model.panel?.shown.request)) return lookAgain(told.id);
    const open = model.panel?.shown.request;
    if (told.mayReview !== null || open === undefined || open.id !== told.id) return takeRequest(told);
    const isSame = open.status === told.status;
    takeRequest({
      ...told,
      mayReview: isSame ? open.mayReview : null,
      mayNotReviewBecause: isSame ? open.mayNotReviewBecause : null,
      undoUntil: isSame ? open.undoUntil : null,
      blockedBecause: isSame ? open.blockedBecause : null,
      ticket: open.ticket,
    });
    if (!model.inFlight.has(told.id)) lookAgain(told.id);
  };
  const lookAgain = (id: VerificationId) => {
    api()
      .approvals.get(id)
      .then(takeRequest, (error: unknown) => {
        problem = error instanceof AIMError ? error.message : String(error);
        changed();
      });
  };
  const sayToOthers = (effect: Extract<Effect, { kind: 'comment' | 'escalate' | 'nudge' }>) => {
    const { approvals } = api();
    const { id, idempotencyKey } = effect;
    const said =
      effect.kind === 'comment'
        ? approvals.comment(id, effect.text, { idempotencyKey })
        : effect.kind === 'nudge'
          ? approvals.nudge(id, { idempotencyKey })
          : approvals.escalate(id, { idempotencyKey });
    said.then(takeRequest, (error: unknown) => trouble(error instanceof AIMError ? error.message : String(error)));
  };
  const run = (effect: Effect) => {
    if (effect.kind === 'reread') return lookAgain(effect.id);
    if (effect.kind === 'sign-in') return signer.signIn(effect.shown);
    if (effect.kind === 'stop-sign-in') return signer.stop();
    if (effect.kind === 'undo') return undo(effect);
    if (effect.kind === 'comment' || effect.kind === 'escalate' || effect.kind === 'nudge') return sayToOthers(effect);
    if (effect.kind === 'decide')
      return carryOut(effect.flight, {
        api: api(),
        me: options.me()?.id ?? null,
        receiptFor,
        freshToken: signer.token,
        now,
        later,
        dispatch,
        takeRequest,
      });
    const { request, verdict } = effect.shown;
    if (verdict.fingerprint === null) return;
    const entry = {
      server: api().server,
      agentId: request.agentId,
      name: request.agentName ?? '',
      fingerprint: request.binding === null ? verdict.fingerprint : keyFingerprint(request.binding.publicKey),
      firstSeenAt: new Date(now()).toISOString(),
    };
    const kept = effect.kind === 'pin' ? known.pin(entry) : known.replace(entry);
    kept.then(
      () => {
        verdicts = new WeakMap();
        takeKnown(request.id);
      },
      () => trouble(say`The agent's key could not be kept in ~/.aim/known_agents.`),
    );
  };
  const takeKnown = (id: VerificationId) => {
    const { panel } = model;
    if (panel?.shown.request.id === id && !model.inFlight.has(id))
      dispatch({ kind: 'shown', shown: shownOf(panel.shown.request), at: now() });
  };

  return {
    get: () => model,
    now,
    dispatch,
    async open(id, to = 'read') {
      if (opening === id || model.panel?.shown.request.id === id) return;
      opening = id;
      try {
        await reloadKnown();
        const request = await api().approvals.get(id);
        if (opening !== id) return;
        dispatch({ kind: 'changed', request });
        dispatch({ kind: 'opened', shown: shownOf(request), to, at: now() });
      } finally {
        if (opening === id) opening = null;
      }
    },
    close() {
      opening = null;
      dispatch({ kind: 'closed' });
    },
    openBulk(ids, verb) {
      const wanted = new Set(ids);
      const items = model.queue.rows.filter((row) => wanted.has(row.id)).map(({ request }) => shownOf(request));
      dispatch({ kind: 'bulk-opened', verb, items, at: now() });
    },
    verdictFor,
    take(item) {
      if (item.kind !== 'event') return;
      if (item.event.type === 'approval') takeFromStream(item.event.subject);
      // Rules may have changed, and with them what an approval needs, or whether it would change anything.
      if (item.event.type === 'settings' && model.panel?.shown.request.status === 'pending' && model.inFlight.size === 0)
        lookAgain(model.panel.shown.request.id);
      // What the agent may do today stands in the panel too.
      if (item.event.type === 'agent' && model.panel?.shown.request.agentId === item.event.subject.id)
        takeKnown(model.panel.shown.request.id);
    },
    async refresh() {
      try {
        await reloadKnown();
        const { items } = await everyWaiting(api());
        problem = null;
        dispatch({ kind: 'listed', requests: items });
        const open = model.panel?.shown.request;
        if (open !== undefined) lookAgain(open.id);
      } catch (error) {
        problem = error instanceof AIMError ? error.message : String(error);
      }
      changed();
    },
    get problem() {
      return problem;
    },
    stop() {
      isStopped = true;
      signer.stop();
      watch?.attend(false);
      for (const timer of timers) clearTimer(timer);
    },
  };
}

/** As many as a person can look through; the server counts the rest. */
async function everyWaiting(api: Api): Promise<{ items: ApprovalRequest[] }> {
  const items: ApprovalRequest[] = [];
  let cursor: string | undefined;
  do {
    const page = await api.approvals.list({ status: 'pending', limit: 100, cursor });
    items.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && items.length < MOST);
  return { items };
}

const MOST = 2000;

const isOlder = (told: ApprovalRequest, held: ApprovalRequest | undefined): boolean =>
  held?.id === told.id && held.version !== null && told.version !== null && told.version < held.version;
