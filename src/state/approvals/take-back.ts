// Asks the server to take a decision back, and looks at the record afterwards: an answer alone proves nothing.

import { AIMError, PolicyError } from '../../errors.ts';
import type { Api } from '../../http/api.ts';
import type { Printable } from '../../text/brand.ts';
import { say } from '../../text/say.ts';
import type { UserId, VerificationId } from '../../wire/scalars.ts';
import type { ApprovalRequest } from '../../wire/verification.ts';
import type { Shown } from './model.ts';
import type { ApprovalsEvent } from './reduce.ts';

export type Undo = { id: VerificationId; idempotencyKey: string };
export type UndoSurroundings = {
  api: Pick<Api, 'approvals'>;
  me: UserId | null;
  now(): number;
  dispatch(event: ApprovalsEvent): void;
  shownOf(request: ApprovalRequest): Shown;
  lookAgain(id: VerificationId): void;
};

/** Never throws: whatever goes wrong becomes words. */
export async function takeBack({ id, idempotencyKey }: Undo, around: UndoSurroundings): Promise<void> {
  const { api, me, now, dispatch, shownOf, lookAgain } = around;
  const not = (words: Printable) => dispatch({ kind: 'not-undone', id, words, at: now() });
  try {
    await api.approvals.undo(id, { idempotencyKey });
  } catch (error) {
    const why = error instanceof AIMError ? error.message : String(error);
    not(error instanceof PolicyError ? say`NOT taken back: ${why}` : say`Not known yet whether it was taken back: ${why}`);
    return lookAgain(id);
  }
  const held = await api.approvals.get(id).catch(() => null);
  if (held === null) return not(say`Not known yet whether it was taken back: no answer came. z asks again.`);
  if (isTakenBack(held, me)) return dispatch({ kind: 'undone', shown: shownOf(held), at: now() });
  not(say`The server answered that it is taken back, but its record still says ${held.status}. Treat it as NOT taken back.`);
}

/** It waits again, and nothing of mine stands in it. */
export const isTakenBack = ({ status, quorum }: ApprovalRequest, me: UserId | null): boolean =>
  status === 'pending' && (quorum?.reviews.every(({ by }) => by !== me) ?? false);
