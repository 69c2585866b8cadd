// What `--dry-run` prints: the call that would be made, what it would change, and whether the caller may.

import type { Api } from '../src/http/api.ts';
import { asUntrusted, ours } from '../src/text/brand.ts';
import { admits, type Role } from '../src/wire/session.ts';
import type { ApprovalRequest } from '../src/wire/verification.ts';
import type { Action } from './action.ts';
import { changesOf, type Intercepted, plannedCall } from './intercept.ts';
import { render } from './output/render.ts';
import type { OutputStyle } from './output/style.ts';
import type { View } from './output/view.ts';

type Plan = {
  dryRun: true;
  /** Null for a verb that writes on this machine alone. */
  call: ReturnType<typeof plannedCall> | null;
  changes: readonly string[];
  allowed: boolean | null;
  because: string;
};

export async function describePlan(
  action: Action,
  { attempt }: Intercepted,
  args: Record<string, unknown>,
  api: Api | null,
  style: OutputStyle,
): Promise<string> {
  const call = plannedCall(attempt);
  const [first] = Object.values(args);
  const request = requestIn(first);
  const verdict = (request && mayDecide(request)) ?? (await mayCall(action, api));
  const after = typeof call.body === 'object' ? { ...call.body, ...action.becomes } : action.becomes;
  return render({ dryRun: true, call, changes: changesOf(request ?? first, after), ...verdict }, view as View<unknown>, style);
}

/** The same for what would be written on this machine. */
export const describeChanges = (changes: readonly string[], style: OutputStyle): Promise<string> => {
  const because = changes.length === 0 ? 'It is so already.' : 'It is yours to change.';
  return render({ dryRun: true, call: null, changes, allowed: true, because } satisfies Plan, view as View<unknown>, style);
};

type Verdict = Pick<Plan, 'allowed' | 'because'>;

/** The request that a decision is about, as `aim approvals` looks at it. */
function requestIn(first: unknown): ApprovalRequest | null {
  const { shown } = (typeof first === 'object' && first !== null ? first : {}) as { shown?: { request?: ApprovalRequest } };
  return shown?.request ?? null;
}

/** What policy says of a decision: who may make it, and how many more it takes. Null where the server tells neither. */
function mayDecide({ mayReview, mayNotReviewBecause, quorum }: ApprovalRequest): Verdict | null {
  if (mayReview === false) return { allowed: false, because: mayNotReviewBecause ?? 'Policy does not let you decide it.' };
  if (quorum === null) return null;
  const { approvalsNeeded, groups, reviews } = quorum;
  const there = reviews.filter(({ decision }) => decision === 'approve').length;
  const of = groups.length === 0 ? '' : `: ${groups.join(', ')}`;
  const needs = `It needs ${approvalsNeeded} ${approvalsNeeded === 1 ? 'approval' : 'approvals'}${of}; ${there} ${there === 1 ? 'is' : 'are'} there.`;
  return { allowed: mayReview, because: `${needs}${mayReview === true ? ' You may decide it.' : ''}` };
}

async function mayCall(action: Action, api: Api | null): Promise<Verdict> {
  const needed: Role = action.needs === undefined || action.needs === 'none' ? 'viewer' : action.needs;
  const account = await api?.me().catch(() => null);
  if (!account) return { allowed: null, because: 'Your role is not known here; the server decides.' };
  if (!admits(account.role, needed))
    return { allowed: false, because: `It needs the role ${needed}; yours is ${account.role}.` };
  return { allowed: true, because: `Your role ${account.role} admits it; the server has the last word.` };
}

const view: View<Plan> = {
  kind: 'text',
  lines: ({ call, changes, allowed, because }) => [
    call === null
      ? [ours('Nothing was written. It would be:')]
      : [ours('Nothing was sent. It would be: '), asUntrusted(`${call.method} ${call.path}`)],
    ...changes.map((change) => [ours('  '), asUntrusted(change)]),
    [ours(allowed === false ? 'You may not. ' : ''), asUntrusted(because)],
  ],
};
