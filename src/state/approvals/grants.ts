// Permissions that approvals left behind: which of them are live, in which words, and what a revocation has done.

import type { Printable } from '../../text/brand.ts';
import { counted, say } from '../../text/say.ts';
import { countdown } from '../../text/time.ts';
import type { Grant } from '../../wire/verification.ts';

export function isLive(grant: Grant, now: number): boolean {
  if (grant.revokedAt !== null) return false;
  if (grant.usesLeft !== null && grant.usesLeft <= 0) return false;
  return grant.expiresAt === null || Date.parse(grant.expiresAt) > now;
}

/** Live ones, those that end first on top. */
export function liveGrants(grants: readonly Grant[], now: number): Grant[] {
  return grants
    .filter((grant) => isLive(grant, now))
    .toSorted((left, right) => (left.expiresAt ?? '9').localeCompare(right.expiresAt ?? '9'));
}

export const endsWords = (grant: Grant, now: number): Printable =>
  grant.expiresAt === null ? say`no end` : countdown(grant.expiresAt, now);

export function usesWords({ usesLeft, usesAllowed }: Grant): Printable {
  return usesAllowed === null ? say`any number` : say`${usesLeft ?? usesAllowed} of ${usesAllowed}`;
}

/** Told from what the server holds after it was asked to revoke. */
export function revokedWords(held: Grant, now: number): { words: Printable; isDone: boolean } {
  const who = held.agentName ?? held.agentId;
  if (held.revokedAt !== null)
    return { words: say`Revoked: ${who} may no longer ${held.capability}.${used(held)}`, isDone: true };
  if (!isLive(held, now)) return { words: say`It had ended already.${used(held)}`, isDone: true };
  return { words: say`The server still lists it as live. Treat it as NOT revoked.`, isDone: false };
}

/** What cannot be undone any more is said. */
function used({ usesAllowed, usesLeft }: Grant): string {
  const count = usesAllowed === null || usesLeft === null ? 0 : usesAllowed - usesLeft;
  return count > 0 ? ` It was used ${counted(count, 'time')}.` : '';
}
