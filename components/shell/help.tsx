// `?` every key that works here and now, found by typing, run by Enter.

import { useState } from 'react';
import { ours } from '../../src/text/brand.ts';
import { fit } from '../../src/text/width.ts';
import { useDashboard } from '../dashboard-context.ts';
import { type Binding, keyLabel } from '../keys/keymap.ts';
import type { Runs } from '../paint.ts';
import { joined, words } from '../words.ts';
import { Chooser } from './chooser.tsx';
import { fuzzySort } from './fuzzy.ts';

/** What this screen is for, then moving about in it, then what works everywhere. */
function byPlace(bindings: readonly Binding[]): Binding[] {
  const rank = ({ id }: Binding) => (/^(shell|tab)\./.test(id) ? 2 : /^(list|detail|columns)\./.test(id) ? 1 : 0);
  return bindings.toSorted((a, b) => rank(a) - rank(b));
}

export function Help({ width, height, close }: { width: number; height: number; close(): void }) {
  const { keyboard, theme, shell } = useDashboard();
  // What worked when the help was opened: the help's own keys are not what is asked for.
  const [bindings] = useState(() => byPlace(keyboard.live().filter(({ id }) => id !== 'shell.help')));
  const rowOf = (binding: Binding): { left: Runs; right?: Runs } => {
    const keys = joined(
      binding.keys.map((key) => keyLabel(key, { ascii: theme.ascii })),
      ' ',
    );
    // Why it is off is what is asked of a key that is: its summary follows as far as there is room.
    const says: Runs = binding.disabled
      ? [
          { text: words`${binding.disabled}. `, tone: 'warning' },
          { text: binding.summary, tone: 'muted' },
        ]
      : [binding.summary];
    return { left: [{ text: fit(keys, 16), tone: 'key' }, ours(' '), ...says] };
  };
  const choose = (_: string, binding: Binding | undefined) => {
    close();
    if (!binding) return;
    if (binding.disabled) shell.say(binding.disabled, 'warning');
    // Deciding by a menu is as deliberate as a menu is: what decides stays with its own key.
    else if (binding.decides) shell.say(words`Press ${keyLabel(binding.keys[0] ?? '')} itself for that.`, 'warning');
    else binding.run({ name: binding.keys[0] ?? '', text: null, lone: true, repeat: false, at: 0 });
  };
  const nameOf = (binding: Binding) => `${binding.keys.join(' ')} ${binding.label} ${binding.summary}`;
  return (
    <Chooser
      name="help"
      prompt={ours('keys: ')}
      entriesFor={(text) => fuzzySort(bindings, text, nameOf)}
      rowOf={rowOf}
      onChoose={choose}
      onCancel={close}
      width={width}
      height={height}
    />
  );
}
