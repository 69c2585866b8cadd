// The first frame of the dashboard, written before anything else is loaded: a control plane may have to start first.

const ENTER = '\u001b[?1049h\u001b[?25l\u001b[2J\u001b[H';
const LEAVE = '\u001b[2J\u001b[H\u001b[?25h\u001b[?1049l'; // cleared, for terminals that have no other screen

let isShown = false;

/** Takes the alternate screen and says what happens. Plain ASCII without colour, which is right on every terminal. */
export function showStartingFrame(): void {
  if (isShown) return;
  isShown = true;
  process.stdout.write(`${ENTER} aim  starting ...\r\n\r\n Ctrl-C leaves.`);
  process.once('exit', hideStartingFrame);
}

/** Gives the screen back: to the dashboard, which takes it in the same breath, or to the sentence that says why there is none. */
export function hideStartingFrame(): void {
  if (!isShown) return;
  isShown = false;
  process.off('exit', hideStartingFrame);
  process.stdout.write(LEAVE);
}
