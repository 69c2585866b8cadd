// Why a request is where it is: the chain of rule, data and missing approver, for the screen and for `aim why`.

import type { Printable } from '../../text/brand.ts';
import { counted, say } from '../../text/say.ts';
import { localDateTime } from '../../text/time.ts';
import type { Agent } from '../../wire/agent.ts';
import type { ApprovalRequest } from '../../wire/verification.ts';
import { actionOf } from './action-facts.ts';
import { statusWords } from './outcome.ts';
import { progressOf, reviewWords } from './review-facts.ts';
import { rightsToday } from './rights.ts';
import { stepWords } from './steps.ts';
import type { Verdict } from './verdict.ts';
import { whyNotApproveAction, whyNotDecide } from './why-not.ts';

export type Reason = { label: Printable; value: Printable };

/** From what was asked to what is missing. Each line names the rule or the datum that it rests on. */
export function whyChain(request: ApprovalRequest, verdict: Verdict, agent: Agent | null): Reason[] {
  const { capability, resource } = actionOf(request, verdict);
  const isGranted = agent?.capabilities.includes(capability as never) ?? false;
  const chain: (Reason | null)[] = [
    line(
      'asked',
      say`${request.agentName ?? request.agentId} asked for ${capability} on ${resource ?? 'nothing named'}${asked(request)}`,
    ),
    line('rights', say`it may do without asking: ${rightsToday(agent)}`),
    line('rule', whyItWaits(request, isGranted)),
    line('risk', say`${request.riskLevel}: ${request.riskReason ?? 'the server gives no reason'}`),
    request.quorum === null
      ? line('needs', say`one reviewer: this server has no other rule`)
      : line('needs', progressOf(request.quorum)),
    ...(request.quorum?.reviews ?? []).map((review) => line('review', reviewWords(review))),
    missing(request),
    ...request.steps.map((step) => line('step', stepWords(step, request))),
    line('state', request.status === 'pending' ? waiting(request) : statusWords(request)),
    line('signature', say`${verdict.title}. ${verdict.because}`),
    mine(request, verdict),
  ];
  return chain.filter((reason) => reason !== null);
}

const line = (label: string, value: Printable): Reason => ({ label: label as Printable, value });

const asked = ({ requestedAt }: ApprovalRequest): string => (requestedAt === null ? '' : ` at ${localDateTime(requestedAt)}`);

const waiting = ({ expiresAt }: ApprovalRequest): Printable =>
  expiresAt === null ? say`waits` : say`waits until ${localDateTime(expiresAt)}, then it is denied`;

function whyItWaits({ quorum, context }: ApprovalRequest, isGranted: boolean): Printable {
  if (quorum?.policy) return say`the policy ${quorum.policy} leaves it to reviewers`;
  if (context['requires_approval'] === true) return say`the agent itself asks for a person each time (requires_approval)`;
  if (context['jit_access'] === true && !isGranted)
    return say`it is not granted, and the agent asks for it just in time (jit_access)`;
  return isGranted ? say`it is granted, but a person decides each time` : say`it is not granted`;
}

function missing({ quorum, status }: ApprovalRequest): Reason | null {
  if (quorum === null || status !== 'pending') return null;
  const have = quorum.reviews.filter(({ decision, counts }) => decision === 'approve' && counts).length;
  const left = Math.max(0, quorum.approvalsNeeded - have);
  const groups =
    quorum.groups.length === 0 ? '' : `, among them each of ${quorum.groups.map((group) => say`${group}`).join(' and ')}`;
  return line('missing', `${counted(left, 'approval')}${groups}` as Printable);
}

/** What stands between this reviewer and an approval, whatever was read so far. */
function mine(request: ApprovalRequest, verdict: Verdict): Reason {
  const refusal = whyNotDecide(request, false) ?? whyNotApproveAction({ request, verdict }, false);
  return line('you', refusal === null ? say`may decide it` : refusal.words);
}
