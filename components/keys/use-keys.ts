// A component's own keys, live while it is mounted.

import { useLayoutEffect } from 'react';
import { useDashboard } from '../dashboard-context.ts';
import type { KeyPress } from './key-press.ts';
import type { Binding, Layer, Level } from './keymap.ts';

export type UseKeysOptions = {
  /** Unique among what can be mounted together: `agents.list`. */
  id: string;
  /** Default `screen`. A widget inside a screen is `widget`, a dialog is `overlay`. */
  level?: Level;
  modal?: boolean;
  active?: boolean;
  type?: (key: KeyPress) => boolean;
  paste?: (text: string) => void;
};

/**
 * One event is one key here, also when a slow link delivers several at once. A binding with `decides` is never run by a key that
 * came with others (typed ahead, pasted) or that the keyboard repeated.
 */
export function useKeys(
  bindings: readonly Binding[],
  { id, level = 'screen', modal, active = true, type, paste }: UseKeysOptions,
): void {
  const { keyboard } = useDashboard();
  // Layout effects run with the commit: the keys of what is on screen are the keys that work.
  useLayoutEffect(() => {
    if (!active) return;
    const layer: Layer = { id, level, bindings };
    if (modal) layer.modal = true;
    if (type) layer.type = type;
    if (paste) layer.paste = paste;
    keyboard.put(layer);
  });
  // The removal is an effect of its own, so that a render replaces the layer in place and keeps its order.
  useLayoutEffect(() => {
    if (!active) return;
    return () => keyboard.take(id);
  }, [keyboard, id, active]);
}
