// `aim approvals undo|nudge|assign`: taking the own decision back, and asking for somebody's attention.

import { ExitCode, PolicyError } from '../../src/errors.ts';
import { isTakenBack } from '../../src/state/approvals/take-back.ts';
import { ours, type Printable, type Untrusted } from '../../src/text/brand.ts';
import { say } from '../../src/text/say.ts';
import { verificationId } from '../../src/wire/scalars.ts';
import type { ApprovalRequest } from '../../src/wire/verification.ts';
import { type Action, type Argument, defineAction } from '../action.ts';
import { changeOptions, idempotencyKeyOption } from '../change-options.ts';
import type { View } from '../output/view.ts';
import { requestLists } from './request-argument.ts';

const id = {
  summary: 'The request, by its id',
  subject: 'approval',
  listedBy: requestLists,
  parse: (text: string) => verificationId.parse(text.trim()),
} as const;

const line = (words: (request: ApprovalRequest) => Printable): View<ApprovalRequest> => ({
  kind: 'text',
  lines: (request) => [[words(request)]],
});

const undo = defineAction({
  id: 'approvals.undo',
  summary: 'Take your own decision back, within ten seconds',
  description:
    'Possible as long as the agent has not heard of it and nothing was used. Where it is too late the server says why (exit 7), and the decision stands; what is left of a permission is ended with approvals revoke.',
  examples: [{ command: 'approvals undo 6f1c…', summary: 'It waits again' }],
  args: { id },
  options: { idempotencyKey: idempotencyKeyOption },
  needs: 'member',
  risk: 'change',
  commandLineOnly: true,
  feature: 'approvals.undo',
  run: async ({ api, signal }, args, options) => {
    await api.approvals.undo(args.id, { ...options, signal });
    // What now holds, not what was answered.
    const [held, me] = await Promise.all([api.approvals.get(args.id, { signal }), api.me({ signal })]);
    if (isTakenBack(held, me.id)) return held;
    throw new PolicyError('approval.not-undone', {
      message: `The server answered that it is taken back, but its record still says ${held.status}. Treat it as NOT taken back.`,
      next: `Look: aim approvals show ${args.id}`,
      exitCode: ExitCode.Conflict,
    });
  },
  view: line(({ id: request }) => say`Taken back: ${request} waits again.`),
});

const nudge = defineAction({
  id: 'approvals.nudge',
  summary: 'Remind those who could review a request',
  description: 'Sent to the channels of the server (aim serve --notify), once a minute at the most.',
  args: { id },
  options: changeOptions,
  needs: 'member',
  risk: 'change',
  commandLineOnly: true,
  feature: 'approvals.nudge',
  run: ({ api, signal }, args, options) => api.approvals.nudge(args.id, { ...options, signal }),
  view: line(({ id: request }) => say`The reviewers of ${request} are reminded.`),
});

const assign = defineAction({
  id: 'approvals.assign',
  summary: 'Name who should look at a request: an address, on-call, or nobody',
  description:
    'It binds nobody: whoever may review it still may. on-call asks what the server was told to ask (aim serve --on-call).',
  examples: [
    { command: 'approvals assign 6f1c… on-call', summary: 'To whoever is on call now' },
    { command: 'approvals assign 6f1c… nobody', summary: 'Back to everybody' },
  ],
  args: {
    id,
    to: { summary: 'An e-mail address, on-call, or nobody', parse: (text) => text.trim() as Untrusted } as Argument<Untrusted>,
  },
  options: { idempotencyKey: idempotencyKeyOption },
  needs: 'member',
  risk: 'change',
  commandLineOnly: true,
  feature: 'approvals.nudge',
  run: ({ api, signal }, args, options) =>
    api.approvals.assign(args.id, args.to === 'nobody' ? null : args.to, { ...options, signal }),
  view: {
    kind: 'text',
    lines: ({ id: request, assignedTo }) => [
      assignedTo === null ? [ours('It is nobody’s in particular.')] : [say`${request} is for `, assignedTo, ours('.')],
    ],
  },
});

export const attentionActions: readonly Action[] = [undo, nudge, assign];
