// The keys that actions declare for a screen, as bindings: label, help and why they may be off follow from the declaration.

import type { Action, Subject } from '../../commands/action.ts';
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

export function disabledNow({ account, context, shell }: Dashboard, action: Action, features: readonly Feature[] | null) {
  const held = selectedSubjects(shell.getState());
  const lacksSelection = subjectsOf(action).some((subject) => !held.has(subject as Subject));
  return disabledBecause(action, {
    role: account.role,
    features,
    isReadOnly: context.settings.get('readOnly'),
    lacksSelection,
  });
}

function selectedSubjects({ selection }: { selection: { subject: Subject } | null }): ReadonlySet<Subject> {
  return new Set(selection ? [selection.subject] : []);
}
