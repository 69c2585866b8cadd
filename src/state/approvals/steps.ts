// The extra steps that policy asks of a reviewer, in words that are shown before they are asked.

import type { Printable } from '../../text/brand.ts';
import { say } from '../../text/say.ts';
import type { ApprovalRequest } from '../../wire/verification.ts';

export type Step = ApprovalRequest['steps'][number];

export function stepWords(step: Step, request: Pick<ApprovalRequest, 'quorum'>): Printable {
  if (step === 'matching-code') return say`to approve, type the code that the agent's side shows`;
  if (step === 'type-resource') return say`to approve, type the resource`;
  if (step === 'fresh-sign-in') return say`the server takes an approval only soon after a sign-in: aim login, if it refuses`;
  if (step === 'second-approver')
    return say`needs ${request.quorum?.approvalsNeeded ?? 2} reviewers who are not the same person`;
  return say`a step that this version of aim does not know: it cannot be approved here`;
}
