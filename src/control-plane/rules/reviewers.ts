// Who could review at all: administrators, and members of the groups that a policy names.

import { admits, type Role } from '../../wire/session.ts';

export type Person = { role: Role; groups: readonly string[] };

/** Whether the role lets this person review what needs these groups. */
export const couldReview = ({ role, groups }: Person, needed: readonly string[]): boolean =>
  admits(role, 'admin') || (admits(role, 'member') && needed.some((group) => groups.includes(group)));
