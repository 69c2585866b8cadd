// `aim approvals`: what waits for a person, and saying yes or no to exactly that.

import { z } from 'zod';
import { ExitCode } from '../../src/errors.ts';
import { timestamp } from '../../src/wire/scalars.ts';
import { verificationStatuses } from '../../src/wire/verification.ts';
import { type Action, defineAction } from '../action.ts';
import { idempotencyKeyOption, reasonOption } from '../change-options.ts';
import { list, listOptions } from '../lists.ts';
import { askReason } from './ask-reason.ts';
import { attentionActions } from './attention.ts';
import * as decide from './decide.ts';
import { reviewKeyActions } from './keys.ts';
import { moreApprovalActions } from './more-actions.ts';
import { requestArgument } from './request-argument.ts';
import { seconds } from './seconds.ts';
import { approvalTable, approvalView, decisionView, factLines } from './views.ts';
import { exitCodeOf, settled, waitOption, whenDecided } from './wait.ts';
import { whatDecides } from './what-decides.ts';

const ifMatch = {
  summary: 'Decide only if this is still the hash of the action',
  value: 'HASH',
  schema: z
    .string()
    .regex(/^[0-9a-f]{64}$/i, 'it is not 64 hexadecimal digits')
    .optional(),
} as const;

const ls = defineAction({
  id: 'approvals.ls',
  summary: 'List what waits for a decision, oldest first',
  examples: [
    { command: 'approvals ls', summary: 'What waits now' },
    { command: 'approvals ls --status all --limit 200', summary: 'What was decided as well' },
    { command: 'approvals ls --filter "risk:high,critical"', summary: 'Only the risky ones' },
  ],
  args: {},
  options: {
    status: { summary: 'In this state', schema: z.enum([...verificationStatuses, 'all']).default('pending') },
    search: { summary: 'Whose agent or action has this text', value: 'TEXT', schema: z.string().optional() },
    ...listOptions,
  },
  run: ({ api, signal }, _, { status, search, ...options }) =>
    list((page) => api.approvals.list({ ...page, status, search, signal }), options),
  view: approvalTable,
});

const show = defineAction({
  id: 'approvals.show',
  summary: 'Show one request: what the agent signed, and what would follow',
  description: 'With --wait it exits with 0 only where it was approved, 5 where it was denied or has ended, 11 at --timeout.',
  examples: [
    { command: 'approvals show 6f1c…', summary: 'Everything there is to know before deciding' },
    { command: 'approvals show 6f1c… --wait --timeout 10m && ./deploy.sh', summary: 'Go on only once it is approved' },
  ],
  args: { request: requestArgument },
  options: { wait: waitOption },
  run: async (context, { request }, { wait }) => {
    if (!wait) return { ...request, exitCode: ExitCode.Ok };
    const decided = await whenDecided(request.id, context);
    return { ...(await requestArgument.parse(decided.id, context)), exitCode: exitCodeOf(decided) };
  },
  view: approvalView,
  exitCode: (shown) => shown.exitCode,
});

const approve = defineAction({
  id: 'approvals.approve',
  summary: 'Approve a request, exactly as the agent signed it',
  description:
    'The decision is bound to the hash of what the agent signed: if that changes before the decision arrives, the server refuses it (exit 7). A script says what it saw with --if-match; --yes approves whatever is there now. Exit 8: recorded, and more approvals are needed.',
  examples: [
    { command: 'approvals approve 6f1c… --if-match 9c56…', summary: 'Only if it is still what was seen' },
    {
      command: 'approvals approve 6f1c… --yes --for 15m --uses 1 --reason "ticket 4711"',
      summary: 'Once, within a quarter of an hour',
    },
  ],
  args: { request: requestArgument },
  options: {
    reason: reasonOption,
    ifMatch,
    for: { summary: 'For this long from the approval, as 15m', value: 'TIME', schema: seconds.optional() },
    uses: { summary: 'For so many uses', value: 'N', schema: z.coerce.number().int().min(1).max(1_000_000).optional() },
    resource: {
      summary: 'For this resource only, within the one asked for',
      value: 'TEXT',
      schema: z.string().min(1).optional(),
    },
    startsAt: { summary: 'From this moment on (RFC 3339)', value: 'TIME', schema: timestamp.optional() },
    code: {
      summary: 'The matching code that the agent shows, where policy asks for it',
      value: 'NN',
      schema: z.string().optional(),
    },
    confirmResource: {
      summary: 'The resource once more, where policy asks for it',
      value: 'TEXT',
      schema: z.string().optional(),
    },
    confirmAgent: {
      summary: 'The name of the agent, where nothing proves what it asked for',
      value: 'NAME',
      schema: z.string().optional(),
    },
    signIn: {
      summary: 'Sign in anew in the browser first, where policy asks who is there',
      schema: z.boolean().default(false),
    },
    unproven: {
      summary: 'Approve although no signature proves it (servers that hand out none)',
      schema: z.boolean().default(false),
    },
    idempotencyKey: idempotencyKeyOption,
    wait: waitOption,
  },
  needs: 'member',
  risk: 'dangerous',
  // In the dashboard a decision is made in the panel alone.
  commandLineOnly: true,
  confirmation: {
    lines: (args) => factLines(args.request),
    nearest: (args, width) => whatDecides(args.request, width),
    word: 'approve',
    given: ({ ifMatch }) => ifMatch !== undefined,
  },
  becomes: { status: 'approved' },
  run: async (
    context,
    args,
    { for: durationSeconds, uses, resource, startsAt, ifMatch, unproven, idempotencyKey, reason, wait, ...typed },
  ) => {
    const narrow = given({ durationSeconds, uses, resource, startsAt });
    const answers = {
      'matching-code': typed.code,
      'type-resource': typed.confirmResource,
      'type-agent': typed.confirmAgent,
      reason,
    };
    const decision = {
      reason,
      matchingCode: typed.code,
      idempotencyKey,
      narrow,
      interactive: false,
      signal: context.signal,
    };
    const { signIn } = typed;
    const decided = await decide.approve(args.request, { ifMatch, unproven, signIn, answers, decision }, context);
    return wait ? settled('approve', decided, context) : decided;
  },
  view: decisionView,
  exitCode: (decided) => decided.exitCode,
});

const deny = defineAction({
  id: 'approvals.deny',
  summary: 'Deny a request; the agent is told why',
  examples: [
    { command: 'approvals deny 6f1c… --reason "not on a Friday"', summary: 'With the reason that the agent gets' },
    { command: 'approvals deny 6f1c… --reason - < reason.txt', summary: 'The reason from a file' },
  ],
  args: { request: requestArgument },
  options: {
    reason: { ...reasonOption, isAsked: true },
    ifMatch,
    idempotencyKey: idempotencyKeyOption,
    wait: waitOption,
  },
  needs: 'member',
  risk: 'change',
  commandLineOnly: true,
  becomes: { status: 'denied' },
  run: async (context, args, { reason, ifMatch, idempotencyKey, wait }) => {
    const decision = {
      reason: reason ?? (await askReason(args.request, context)),
      idempotencyKey,
      interactive: false,
      signal: context.signal,
    };
    const decided = await decide.deny(args.request, { ifMatch, decision }, context);
    return wait ? settled('deny', decided, context) : decided;
  },
  view: decisionView,
  exitCode: (decided) => decided.exitCode,
});

function given<Members extends object>(members: Members): Partial<Members> | undefined {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined);
  return entries.length === 0 ? undefined : (Object.fromEntries(entries) as Partial<Members>);
}

export const approvalActions: readonly Action[] = [
  ls,
  show,
  approve,
  deny,
  ...moreApprovalActions,
  ...attentionActions,
  ...reviewKeyActions,
];
