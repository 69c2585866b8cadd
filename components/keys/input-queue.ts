// One key at a time: what arrives together is handled one by one, each after the screen has taken in the one before.

import type { InputEvent } from './key-press.ts';

/**
 * React renders what a key changed in a later turn of the event loop. A second key of the same read, handled before that, would meet
 * the keymap and the text of before: `:q⏎` on a slow link would not be what was typed.
 */
export function createInputQueue(dispatch: (event: InputEvent) => void): (event: InputEvent) => void {
  const waiting: InputEvent[] = [];
  let isBusy = false;

  const next = () => {
    const event = waiting.shift();
    if (event === undefined) {
      isBusy = false;
      return;
    }
    dispatch(event);
    // Two turns: React's scheduler runs in the first, its layout effects have put the new keymap in place before the second.
    setImmediate(() => setImmediate(next));
  };
  return (event) => {
    waiting.push(event);
    if (isBusy) return;
    isBusy = true;
    next();
  };
}
