// The error for an answer that belongs to another question.

import { VerificationUnavailableError } from '../errors.ts';

export const otherAnswer = (server: string): VerificationUnavailableError =>
  new VerificationUnavailableError('verification.other-answer', {
    message: `${server} answered another question than the one that was asked.`,
    next: 'The action did not run. Something between this agent and the server mixes up answers.',
  });
