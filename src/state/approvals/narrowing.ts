// Less than asked: what an approval will give, what a reviewer may make smaller, and what policy says to that at once.

import { secondsOf } from '../../settings/duration.ts';
import type { Printable } from '../../text/brand.ts';
import { counted, say } from '../../text/say.ts';
import { duration, localTime } from '../../text/time.ts';
import type { Timestamp } from '../../wire/scalars.ts';
import type { ApprovalRequest, Narrowing } from '../../wire/verification.ts';

type Limits = Pick<ApprovalRequest, 'asked' | 'allowed'>;

/** What an approval gives if nothing is touched: the smallest that was asked and that policy suggests. Empty: this one action, and no more. */
export function suggested({ asked, allowed }: Limits): Narrowing {
  const given: Narrowing = {};
  const seconds = least(asked?.durationSeconds, allowed?.suggestedDurationSeconds ?? allowed?.durationSeconds);
  const uses = least(asked?.uses, allowed?.suggestedUses ?? allowed?.uses);
  if (seconds !== null) given.durationSeconds = seconds;
  if (uses !== null) given.uses = uses;
  return given;
}

/** What is sent and shown: the reviewer's own limits, else the suggested ones. A permission that stays has an end that is read and signed. */
export function givenBy(request: Limits, narrow: Narrowing): Narrowing {
  const given = { ...suggested(request), ...narrow };
  const stays = (given.uses ?? 1) > 1 || given.resource !== undefined || given.startsAt !== undefined;
  const seconds = request.allowed?.suggestedDurationSeconds ?? request.allowed?.durationSeconds ?? null;
  return stays && given.durationSeconds === undefined && seconds !== null ? { durationSeconds: seconds, ...given } : given;
}

/** `15m from the approval, 1 use` or `this one action`. */
export function givenWords({ durationSeconds, uses, startsAt, resource }: Narrowing): Printable {
  const parts = [
    durationSeconds === undefined ? null : say`${duration(durationSeconds)} from the approval`,
    uses === undefined ? (durationSeconds === undefined ? null : say`any number of uses`) : counted(uses, 'use'),
    startsAt === undefined ? null : say`not before ${localTime(startsAt)}`,
    resource === undefined ? null : say`only ${resource}`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? say`this one action` : (parts.join(', ') as Printable);
}

/** What a reviewer types: each empty field leaves the suggestion. */
export type NarrowingFields = { duration: string; uses: string; resource: string; start: string };

export type NarrowingProblem = { field: keyof NarrowingFields; words: Printable };

/** The fields as limits, or the first that policy, or reading it, refuses. `now` counts a start that is given as `10m`. */
export function readNarrowing(
  fields: NarrowingFields,
  request: ApprovalRequest,
  resource: string | null,
  now: number,
): Narrowing | NarrowingProblem {
  const narrow: Narrowing = {};
  const seconds = fields.duration.trim() === '' ? null : secondsOf(fields.duration.trim());
  if (fields.duration.trim() !== '') {
    if (seconds === null || seconds < 1) return problem('duration', say`It is no length of time, as 90s, 15m or 2h.`);
    const most = least(request.allowed?.durationSeconds, request.asked?.durationSeconds ?? request.allowed?.durationSeconds);
    if (most !== null && seconds > most)
      return problem('duration', say`At most ${duration(most)}: a reviewer gives less, never more.`);
    narrow.durationSeconds = Math.round(seconds);
  }
  const uses = fields.uses.trim();
  if (uses !== '') {
    if (!/^[1-9]\d{0,5}$/.test(uses)) return problem('uses', say`It is no number of uses.`);
    const most = least(request.allowed?.uses, request.asked?.uses ?? request.allowed?.uses);
    if (most !== null && Number(uses) > most)
      return problem('uses', say`At most ${counted(most, 'use')}: a reviewer gives less, never more.`);
    narrow.uses = Number(uses);
  }
  const only = fields.resource.trim();
  if (only !== '' && only !== resource) {
    if (!isWithin(only, resource)) return problem('resource', say`It is not within what the agent asked for.`);
    narrow.resource = only;
  }
  const start = fields.start.trim();
  if (start !== '') {
    const delay = secondsOf(start);
    if (delay === null) return problem('start', say`It is no length of time from now, as 10m.`);
    narrow.startsAt = new Date(now + delay * 1000).toISOString() as Timestamp;
  }
  return narrow;
}

export const isNarrowingProblem = (read: Narrowing | NarrowingProblem): read is NarrowingProblem => 'field' in read;

/** A resource that ends in `*` may be given in part; any other is all or nothing. */
function isWithin(only: string, asked: string | null): boolean {
  if (asked === null) return false; // it named none: there is no part of it
  return asked.endsWith('*') && only.startsWith(asked.slice(0, -1)) && !only.includes('..');
}

const problem = (field: keyof NarrowingFields, words: Printable): NarrowingProblem => ({ field, words });

function least(first: number | null | undefined, second: number | null | undefined): number | null {
  if (first === null || first === undefined) return null; // nothing was asked: nothing but this one action is given
  return second === null || second === undefined ? first : Math.min(first, second);
}
