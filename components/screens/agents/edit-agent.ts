// `e` and `E`: edit the agent under the cursor, as a text or in a form; `N` makes one.

import { ours } from '../../../src/text/brand.ts';
import type { Agent } from '../../../src/wire/agent.ts';
import { editAsText, editInForm } from '../../actions/edit-document.ts';
import { useDashboard } from '../../dashboard-context.ts';
import type { Binding } from '../../keys/keymap.ts';
import { disabledNow } from '../../shell/action-keys.ts';
import { useFeatures } from '../../shell/use-features.ts';

/** For the agent that `current` answers. */
export function useEditKey(current: () => Agent | null): Binding[] {
  const dashboard = useDashboard();
  const features = useFeatures();
  const action = dashboard.registry.find(({ id }) => id === 'agents.edit');
  if (!action) return [];
  const disabled = disabledNow(dashboard, action, features);
  const on = (edit: typeof editAsText) => () => {
    const agent = current();
    if (agent) void edit(dashboard, action, { agent: agent.id });
  };
  return [
    {
      id: 'agents.edit',
      keys: ['e'],
      label: ours('edit'),
      summary: ours('Edit the agent: in your editor (EDITOR, or the setting editor), else in the form'),
      footer: 4,
      disabled,
      run: on(editAsText),
    },
    {
      id: 'agents.edit-form',
      keys: ['E'],
      label: ours('form'),
      summary: ours('Edit the agent in a form'),
      disabled,
      run: on(editInForm),
    },
  ];
}

export function useCreateKey(): Binding[] {
  const dashboard = useDashboard();
  const features = useFeatures();
  const action = dashboard.registry.find(({ id }) => id === 'agents.create');
  if (!action) return [];
  return [
    {
      id: action.id,
      keys: ['N'],
      label: ours('new'),
      summary: ours('Register an agent by hand; most register themselves with the SDK'),
      footer: 6,
      disabled: disabledNow(dashboard, { ...action, args: {} }, features),
      run: () => dashboard.run(action.id, {}),
    },
  ];
}
