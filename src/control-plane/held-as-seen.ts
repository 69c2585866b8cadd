// `If-Match`: a change of what somebody else changed meanwhile is refused, and nothing is overwritten unseen.

import { type Editable, revisionOf } from '../wire/revision.ts';
import { conflict } from './refusal.ts';

/** Without the header everything passes: older clients know nothing of it. @throws Refusal 409 */
export function heldAsSeen(
  { headers }: { headers: Readonly<Record<string, string | undefined>> },
  kind: Editable,
  now: Readonly<Record<string, unknown>>,
): void {
  const wanted = headers['if-match']?.trim();
  if (wanted === undefined || wanted === '*') return;
  const revision = revisionOf(kind, now);
  const seen = wanted.split(',').map((word) => word.trim().replace(/^(W\/)?"|"$/g, ''));
  if (!seen.includes(revision)) {
    throw conflict('changedMeanwhile', 'It was changed after you read it; read it again', { revision });
  }
}
