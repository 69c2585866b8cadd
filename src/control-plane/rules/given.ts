// What reviewers give together: each may make it smaller, nobody larger, and the smallest of all is what the agent gets.

import { liesWithin } from '../../wire/lies-within.ts';
import { invalid } from '../refusal.ts';
import type { Requirement } from './quorum.ts';

/** As a reviewer sends it, and as a review keeps it. */
export type Narrow = {
  resource?: string | null | undefined;
  durationSeconds?: number | null | undefined;
  uses?: number | null | undefined;
  startsAt?: string | null | undefined;
};

export type Wanted = { resource: string | null; durationSeconds: number | null; uses: number | null };

/** `uses: null` is any number within the duration; `durationSeconds: null` is as long as policy lets it last. */
export type Given = { resource: string | null; durationSeconds: number | null; uses: number | null; startsAt: number };

/** Nobody plans further ahead than the longest permission there is. */
const LATEST_START = 30 * 24 * 60 * 60 * 1000;

/** @throws Refusal 400 where a reviewer gives more than policy allows or the agent asked for, or something else than that. */
export function checkNarrow(
  narrow: Narrow,
  wanted: Wanted,
  { allowed, capability, now }: { allowed: Requirement['allowed']; capability: string; now: number },
): void {
  const { durationSeconds, uses, resource } = narrow;
  const most = (asked: number | null, limit: number | null): number => Math.min(asked ?? Infinity, limit ?? Infinity);
  const longest = most(wanted.durationSeconds, allowed.durationSeconds);
  if (durationSeconds && durationSeconds > longest)
    throw invalid(`narrow.durationSeconds: at most ${longest} can be given`, 'narrow.durationSeconds');
  const often = most(wanted.uses, allowed.uses);
  if (uses && uses > often) throw invalid(`narrow.uses: at most ${often} can be given`, 'narrow.uses');
  const differs = resource !== undefined && resource !== null && resource !== wanted.resource;
  if (differs && (wanted.resource === null || !liesWithin(resource, wanted.resource)))
    throw invalid('narrow.resource: is not what the agent asked for', 'narrow.resource');
  const start = startOf(narrow);
  if (start > now + LATEST_START) throw invalid('narrow.startsAt: is too far away', 'narrow.startsAt');
  // Asked for as an action, a pattern is one action of that name; it cannot be given in part or later, as that would be a permission.
  if (capability.includes('*') && (differs || start > now))
    throw invalid('narrow: an action named by a pattern is approved as it is, or not', 'narrow');
}

/** @throws Refusal 400 where two reviewers gave parts that have nothing in common. */
export function smallest(narrows: readonly (Narrow | null)[], wanted: Wanted, now: number): Given {
  let given: Given = { resource: wanted.resource, durationSeconds: null, uses: null, startsAt: now };
  for (const narrow of narrows) {
    const durationSeconds = narrow?.durationSeconds ?? wanted.durationSeconds;
    // Nothing asked and nothing said is this one action.
    const uses = narrow?.uses ?? wanted.uses ?? (durationSeconds === null ? 1 : null);
    given = {
      resource: common(given.resource, narrow?.resource ?? wanted.resource),
      durationSeconds: least(given.durationSeconds, durationSeconds),
      uses: least(given.uses, uses),
      startsAt: Math.max(given.startsAt, startOf(narrow)),
    };
  }
  return given;
}

function common(one: string | null, other: string | null): string | null {
  if (one === other) return one;
  if (one !== null && other !== null) {
    if (liesWithin(other, one)) return other;
    if (liesWithin(one, other)) return one;
  }
  throw invalid('narrow.resource: others approved another part only, and nothing lies in both', 'narrow.resource');
}

const startOf = (narrow: Narrow | null): number => (narrow?.startsAt ? Date.parse(narrow.startsAt) : 0);
const least = (one: number | null, other: number | null): number | null =>
  one === null ? other : other === null ? one : Math.min(one, other);
