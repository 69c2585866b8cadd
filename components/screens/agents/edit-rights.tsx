// `c`: the capabilities of an agent, to change one, or to give it another by its name.

import { createElement, useState } from 'react';
import { ours } from '../../../src/text/brand.ts';
import { visible } from '../../../src/text/visible.ts';
import type { Agent } from '../../../src/wire/agent.ts';
import { useDashboard } from '../../dashboard-context.ts';
import type { Binding } from '../../keys/keymap.ts';
import { disabledNow } from '../../shell/action-keys.ts';
import { Chooser } from '../../shell/chooser.tsx';
import { fuzzySort } from '../../shell/fuzzy.ts';
import type { OverlayProps } from '../../shell/shell.ts';
import { useFeatures } from '../../shell/use-features.ts';
import { words } from '../../words.ts';

const EDIT = 'agents.capabilities.edit';
const GRANT = 'agents.capabilities.grant';

export function useRightsKey(agent: Agent | null): Binding[] {
  const dashboard = useDashboard();
  const features = useFeatures();
  const action = dashboard.registry.find(({ id }) => id === EDIT);
  if (!action || !agent) return [];
  return [
    {
      id: 'agent.rights',
      keys: ['c'],
      label: ours('rights'),
      summary: ours('Change a capability of this agent, or give it one'),
      footer: 4.5,
      disabled: disabledNow(dashboard, { ...action, args: {} }, features),
      run: () =>
        dashboard.shell.open({
          kind: 'dialog',
          rows: Math.min(14, agent.capabilities.length + 3),
          render: (props) => createElement(ChooseRight, { ...props, agent }),
        }),
    },
  ];
}

function ChooseRight({ agent, width, height, close }: OverlayProps & { agent: Agent }) {
  const { run } = useDashboard();
  const [held] = useState(() => agent.capabilities.map(String));
  const choose = (typed: string, entry: Entry | undefined) => {
    close();
    const chosen = entry ?? { capability: typed.trim(), isNew: true };
    if (chosen.capability !== '') run(chosen.isNew ? GRANT : EDIT, {}, [agent.id, chosen.capability]);
  };
  return (
    <Chooser
      name="rights"
      prompt={words`capability of ${visible(agent.name, { max: 30 })}: `}
      entriesFor={(typed) => entriesFor(held, typed.trim())}
      rowOf={({ capability, isNew }) => ({
        left: [ours(' '), { text: visible(capability, { max: 100 }), tone: isNew ? 'accent' : 'strong' }],
        right: [{ text: isNew ? ours('give it') : ours('change'), tone: 'muted' }],
      })}
      onChoose={choose}
      onCancel={close}
      width={width}
      height={height}
    />
  );
}

type Entry = { capability: string; isNew: boolean };

/** What it holds, and last the typed one, where that is another. */
function entriesFor(held: readonly string[], typed: string): Entry[] {
  const fitting = fuzzySort(held, typed, (capability) => capability).map((capability) => ({ capability, isNew: false }));
  return typed === '' || held.includes(typed) ? fitting : [...fitting, { capability: typed, isNew: true }];
}
