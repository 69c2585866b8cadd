// What the mouse does: a click goes to what is under it, the wheel moves what it is over. It decides nothing, ever.

import type { FrameClock } from '../../src/state/frame-clock.ts';
import type { Areas } from '../areas.ts';
import type { InputEvent, KeyPress } from './key-press.ts';
import type { Keyboard } from './keyboard.ts';

export type Pointed = {
  areas: Areas;
  keyboard: Pick<Keyboard, 'dispatch'>;
  clock: Pick<FrameClock, 'keyPressed'>;
  now(): number;
};

export function pointAt(
  { action, button, column, row }: Extract<InputEvent, { kind: 'mouse' }>,
  { areas, keyboard, clock, now }: Pointed,
): void {
  clock.keyPressed();
  const found = areas.at(column, row);
  if (action === 'wheel-up' || action === 'wheel-down') {
    const rows = action === 'wheel-up' ? -WHEEL : WHEEL;
    if (found?.area.onWheel) {
      found.area.onWheel(rows);
      return;
    }
    // Documents and dialogs know the arrow keys.
    const key: KeyPress = { name: rows < 0 ? 'up' : 'down', text: null, lone: false, repeat: false, at: now() };
    for (let line = 0; line < WHEEL; line++) keyboard.dispatch({ kind: 'key', key });
    return;
  }
  if (action === 'press' && button === 0) found?.area.onPress?.({ column: found.column, row: found.row });
}

const WHEEL = 3; // rows a notch, as most terminals have it
