// Whether an action can be used now, and in words why not: a disabled key stays where it is and explains itself.

import type { Action } from '../../commands/action.ts';
import { ours, type Printable } from '../../src/text/brand.ts';
import { admits, type Feature, type Role } from '../../src/wire/session.ts';
import { own, words } from '../words.ts';

export type Circumstances = {
  role: Role;
  /** Null while the server has not said. */
  features: readonly Feature[] | null;
  isReadOnly: boolean;
  /** A subject that the action needs and nothing is selected for. */
  lacksSelection?: boolean;
};

/** Null where it can be used. */
export function disabledBecause(
  action: Pick<Action, 'needs' | 'feature' | 'risk'>,
  circumstances: Circumstances,
): Printable | null {
  const { role, features, isReadOnly, lacksSelection } = circumstances;
  if (isReadOnly && (action.risk ?? 'read') !== 'read') return ours('This is read-only: nothing is sent that changes anything');
  if (action.needs && action.needs !== 'none' && !admits(role, action.needs)) {
    return words`Needs the role ${own(action.needs)}; you are ${own(role)}`;
  }
  if (action.feature && features && !features.includes(action.feature))
    return words`This server does not have ${own(action.feature)}`;
  if (lacksSelection) return NOTHING_SELECTED;
  return null;
}

/** The one reason that a typed argument takes away. */
export const NOTHING_SELECTED = ours('Nothing is selected');

/** The names of the arguments that the selection fills. */
export function subjectsOf(action: Pick<Action, 'args'>): string[] {
  return Object.values(action.args).flatMap(({ subject, optional }) => (subject && !optional ? [subject] : []));
}
