// A decision from the command line: by the same rules as the panel, bound to what was signed, and told from what then holds.

import { ExitCode, PolicyError, UsageError } from '../../src/errors.ts';
import type { Decision } from '../../src/http/api.ts';
import type { Question } from '../../src/state/approvals/model.ts';
import { givenBy } from '../../src/state/approvals/narrowing.ts';
import { outcomeOf } from '../../src/state/approvals/outcome.ts';
import { namedIn, problemWith, questionsFor } from '../../src/state/approvals/questions.ts';
import { whyNotApproveAction, whyNotDecide } from '../../src/state/approvals/why-not.ts';
import type { Printable } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import type { Account } from '../../src/wire/session.ts';
import type { ApprovalRequest } from '../../src/wire/verification.ts';
import type { ActionContext } from '../action.ts';
import { keepReceipt, receiptFor } from './receipt.ts';
import { type ExaminedRequest, rememberKey } from './request-argument.ts';

/** What now holds on the server. */
export type Decided = { request: ApprovalRequest; words: Printable; exitCode: ExitCode; toJSON(): ApprovalRequest };

export type Approval = {
  ifMatch: string | undefined;
  unproven: boolean;
  /** Prove in the browser who is there, where policy asks. */
  signIn: boolean;
  /** What was given for the questions of policy, on the command line. */
  answers: Partial<Record<Question, string | undefined>>;
  decision: Decision;
};

/** @throws PolicyError where a rule says no, UsageError for an answer that policy asks for and nobody gave. */
export async function approve(
  examined: ExaminedRequest,
  { ifMatch, unproven, signIn, answers, decision }: Approval,
  context: ActionContext,
): Promise<Decided> {
  const { id, shown } = examined;
  refuseIf(id, whyNotDecide(shown.request, false));
  refuseIf(id, whyNotApproveAction(shown, unproven));
  for (const question of questionsFor(shown)) checkAnswer(id, question, answers[question], shown);
  if (shown.request.steps.includes('interactive')) throw panelOnly(id);
  const narrow = givenBy(shown.request, decision.narrow ?? {});
  const bound = {
    ...decision,
    narrow: Object.keys(narrow).length === 0 ? undefined : narrow,
    ...(answers['type-resource'] === undefined ? {} : { confirmResource: namedIn(shown) }),
    actionHash: matching(examined, ifMatch),
  };
  const me = await context.api.me({ signal: context.signal }).catch(() => null);
  const freshToken = signIn && shown.request.steps.includes('fresh-sign-in') ? await proveWho(me, context) : undefined;
  const receipt = await receiptFor({ verb: 'approve', examined, decision: bound, me }, context);
  const answer = await context.api.approvals.approve(id, withReceipt({ ...bound, freshToken }, receipt));
  await keepReceipt(receipt, { verb: 'approve', examined }, context);
  await rememberKey(examined, context);
  return whatHolds('approve', answer.status, examined, me, context);
}

/** A token for this decision alone. @throws AuthenticationError or PolicyError; nothing was decided then. */
async function proveWho(me: Account | null, { api, io, settings, signal }: ActionContext): Promise<string> {
  const { freshSignIn, isRemote } = await import('../../src/auth/fresh-sign-in.ts');
  // Said even with --quiet: without it nobody can sign in.
  const note = (text: string) => void io.stderr.write(`${visible(text, { lines: 'many' })}\n`);
  const account = me ?? (await api.me({ signal }));
  const { reachWith } = await import('../connection.ts');
  const reach = reachWith(settings, io);
  return freshSignIn({ server: api.server, me: account.id, remote: isRemote(io.env), note, reach, signal });
}

const panelOnly = (id: string): PolicyError =>
  new PolicyError('approval.panel-only', {
    message: `Policy takes the approval of ${id} from a person at the decision panel only. Nothing was decided.`,
    next: 'Open it in the dashboard: aim',
    exitCode: ExitCode.Forbidden,
  });

const withReceipt = <Sent extends Decision>(decision: Sent, receipt: unknown): Sent =>
  receipt === null ? decision : { ...decision, receipt };

export async function deny(
  examined: ExaminedRequest,
  { ifMatch, decision }: { ifMatch: string | undefined; decision: Decision & { reason: string } },
  context: ActionContext,
): Promise<Decided> {
  refuseIf(examined.id, whyNotDecide(examined.shown.request, false));
  const bound = { ...decision, actionHash: matching(examined, ifMatch) };
  const me = await context.api.me({ signal: context.signal }).catch(() => null);
  const receipt = await receiptFor({ verb: 'deny', examined, decision: bound, me }, context);
  const answer = await context.api.approvals.deny(examined.id, withReceipt(bound, receipt));
  await keepReceipt(receipt, { verb: 'deny', examined }, context);
  return whatHolds('deny', answer.status, examined, me, context);
}

async function whatHolds(
  verb: 'approve' | 'deny',
  answered: ApprovalRequest['status'],
  { id }: ExaminedRequest,
  me: Account | null,
  { api, signal }: ActionContext,
): Promise<Decided> {
  const request = await api.approvals.get(id, { signal });
  const { words, tone } = outcomeOf(verb, answered, request, me?.id ?? null);
  const isIneffectual = tone === 'bad' || (tone === 'warning' && request.status !== 'pending');
  const exitCode = isIneffectual ? ExitCode.Conflict : request.status === 'pending' ? ExitCode.Pending : ExitCode.Ok;
  return { request, words, exitCode, toJSON: () => request };
}

function refuseIf(id: string, refusal: { code: string; words: Printable } | null): void {
  if (refusal === null) return;
  throw new PolicyError(`approval.${refusal.code}`, {
    message: sentenceAbout(id, refusal.words),
    next:
      refusal.code === 'not-proven'
        ? `Look: aim approvals show ${id}. To approve it although nothing proves it: --unproven`
        : `Look: aim approvals show ${id}`,
    exitCode: refusal.code === 'not-waiting' ? ExitCode.Conflict : ExitCode.Forbidden,
  });
}

/** `It is denied.` as a sentence that names what it is about. */
const sentenceAbout = (id: string, words: Printable): string =>
  /^It /.test(words) ? `Request ${id}${words.slice(2)}` : `${words} (request ${id})`;

const optionOf: Record<Question, string> = {
  'matching-code': '--code NN',
  'type-resource': '--confirm-resource TEXT',
  'type-agent': '--confirm-agent NAME',
  reason: '--reason TEXT',
  fingerprint: '--fingerprint TEXT',
};

function checkAnswer(id: string, question: Question, answer: string | undefined, shown: ExaminedRequest['shown']): void {
  const problem = answer === undefined ? null : problemWith(question, answer, shown);
  if (answer !== undefined && problem === null) return;
  const option = optionOf[question];
  throw new UsageError('approval.step', {
    message:
      answer === undefined
        ? `Policy asks for ${option} to approve ${id}. Nothing was decided.`
        : `${option.split(' ')[0]}: ${problem} Nothing was decided.`,
    next: `Look first: aim approvals show ${id}`,
    field: option.split(' ')[0]?.slice(2),
  });
}

/** The hash that the decision is bound to. @throws PolicyError, exit 7, where `--if-match` names another action. */
function matching({ id, shown: { verdict } }: ExaminedRequest, ifMatch: string | undefined): string | undefined {
  const actionHash = verdict.signed?.hash;
  if (ifMatch === undefined || ifMatch.toLowerCase() === actionHash) return actionHash;
  if (actionHash === undefined) {
    throw new UsageError('approval.unsigned', {
      message: `Nothing proves what was asked for in ${id}, so --if-match has nothing to compare.`,
      next: `Look: aim approvals show ${id}`,
    });
  }
  throw new PolicyError('approval.changed', {
    message: `The action of ${id} is not the one that --if-match names. Nothing was decided.`,
    next: `Look again: aim approvals show ${id}`,
    exitCode: ExitCode.Conflict,
    current: { actionHash },
  });
}
