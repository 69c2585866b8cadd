// The extra steps that policy asks of a reviewer, in words that are shown before they are asked.

import type { Printable } from '../../text/brand.ts';
import { say } from '../../text/say.ts';
import { duration } from '../../text/time.ts';
import type { ApprovalRequest } from '../../wire/verification.ts';

export type Step = ApprovalRequest['steps'][number];

export function stepWords(step: Step, request: Pick<ApprovalRequest, 'quorum' | 'freshSignInSeconds'>): Printable {
  if (step === 'matching-code') return say`to approve, type the code that the agent's side shows`;
  if (step === 'type-resource') return say`to approve, type the resource`;
  if (step === 'fresh-sign-in')
    return say`to approve, sign in anew in the browser: not longer than ${duration(request.freshSignInSeconds ?? 900)} ago`;
  if (step === 'second-approver')
    return say`needs ${request.quorum?.approvalsNeeded ?? 2} reviewers who are not the same person`;
  if (step === 'interactive') return say`a person approves it in the panel; a script cannot`;
  if (step === 'reason') return say`to approve, give a reason`;
  return say`a step that this version of aim does not know: it cannot be approved here`;
}
