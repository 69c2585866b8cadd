// The keys that actions declare for a screen, as bindings: label, help and why they may be off follow from the declaration.

import type { Action } from '../../commands/action.ts';
import type { Printable } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import type { Feature } from '../../src/wire/session.ts';
import { disabledBecause, subjectsOf } from '../actions/availability.ts';
import type { Dashboard } from '../dashboard-context.ts';
import type { Binding } from '../keys/keymap.ts';
import { own } from '../words.ts';

export function actionBindings(dashboard: Dashboard, features: readonly Feature[] | null): Binding[] {
  const { registry, shell, run } = dashboard;
  const { screen } = shell.place;
  return registry.flatMap((action, index): Binding[] => {
    const key = action.keys?.[screen];
    if (key === undefined) return [];
    return [
      {
        id: action.id,
        keys: [key],
        label: own(action.id.split('.').at(-1) ?? action.id),
        summary: visible(action.summary),
        footer: 5 + index / 1000,
        disabled: disabledNow(dashboard, action, features),
        decides: action.risk === 'dangerous' || action.risk === 'named',
        run: () => run(action.id),
      },
    ];
  });
}

/** Why it cannot be used now, for what is selected; where an argument was typed, for what that names. Null where it can. */
export function disabledNow(
  dashboard: Dashboard,
  action: Action,
  features: readonly Feature[] | null,
  typed?: string,
): Printable | null {
  const { account, context, shell, screens } = dashboard;
  const { selection, marks } = shell.getState();
  const subjects = subjectsOf(action);
  const lacksSelection = !typed && subjects.some((subject) => subject !== selection?.subject);
  const because = disabledBecause(action, {
    role: account.role,
    features,
    isReadOnly: context.settings.get('readOnly'),
    lacksSelection,
  });
  if (because || subjects.length === 0) return because;
  if (typed) return screens.map((screen) => screen.unavailable?.(action.id, typed, dashboard) ?? null).find(Boolean) ?? null;
  // Of several marked ones each answers for itself.
  if (!selection || marks.length > 0) return null;
  const screen = screens.find(({ id }) => id === shell.place.screen);
  return screen?.unavailable?.(action.id, selection.value, dashboard) ?? null;
}
