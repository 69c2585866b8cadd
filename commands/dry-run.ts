// What `--dry-run` prints: the call that would be made, what it would change, and whether the caller may.

import type { Api } from '../src/http/api.ts';
import { asUntrusted, ours } from '../src/text/brand.ts';
import { admits, type Role } from '../src/wire/session.ts';
import type { Action } from './action.ts';
import { changesOf, type Intercepted, plannedCall } from './intercept.ts';
import { render } from './output/render.ts';
import type { OutputStyle } from './output/style.ts';
import type { View } from './output/view.ts';

type Plan = {
  dryRun: true;
  call: ReturnType<typeof plannedCall>;
  changes: string[];
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
  const verdict = await mayCall(action, api);
  const plan: Plan = { dryRun: true, call, changes: changesOf(first, call.body), ...verdict };
  return render(plan, view as View<unknown>, style);
}

async function mayCall(action: Action, api: Api | null): Promise<{ allowed: boolean | null; because: string }> {
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
    [ours('Nothing was sent. It would be: '), asUntrusted(`${call.method} ${call.path}`)],
    ...changes.map((change) => [ours('  '), asUntrusted(change)]),
    [ours(allowed === false ? 'You may not. ' : ''), ours(because)],
  ],
};
