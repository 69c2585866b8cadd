// Events read out as they happen, no faster than they can be listened to, until Enter.

import type { DashboardState } from '../../src/state/dashboard-state.ts';
import { ours, type Printable } from '../../src/text/brand.ts';
import { counted, say } from '../../src/text/say.ts';
import type { LineSource } from './line-source.ts';
import type { Printer } from './printer.ts';
import { itemSentence } from './sentences.ts';

export type FollowOptions = {
  state: Pick<DashboardState, 'onItem'>;
  printer: Printer;
  lines: LineSource;
  keep(words: Printable): boolean;
};

export async function follow({ state, printer, lines, keep }: FollowOptions): Promise<void> {
  let printed = 0;
  let left = 0;
  printer.say(ours('Following. Enter stops.'));
  const stop = state.onItem((item) => {
    if (printed >= MOST) {
      left += 1;
      return;
    }
    const words = itemSentence(item);
    if (words === null || !keep(words)) return;
    printed += 1;
    printer.say(words);
  });
  // What was too much is counted, not kept back: the next second begins with what happens then.
  const second = setInterval(() => {
    if (left > 0) printer.say(say`and ${counted(left, 'more event')}, too fast to read out; words behind follow filter.`);
    printed = 0;
    left = 0;
  }, 1000);
  try {
    await lines.next();
  } finally {
    clearInterval(second);
    stop();
  }
  printer.say(ours('No longer following.'));
}

const MOST = 20; // lines a second: more than anybody reads, fewer than a braille display chokes on
