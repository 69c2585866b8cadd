// Gets the attention of whoever sits at this terminal: a bell, the terminal's own notification, or the desktop's.

import { execFile } from 'node:child_process';
import type { Printable } from '../text/brand.ts';

export const attractions = ['bell', 'osc9', 'osc777', 'desktop', 'none'] as const;
export type Attraction = (typeof attractions)[number];

/** What to write to the terminal; empty for `desktop` and `none`. Words of ours only: the terminal shows them outside our frame. */
export function attention(kind: Attraction, words: Printable): string {
  const plain = words.replaceAll(/[^\x20-\x7e]/g, '').replaceAll(';', ',');
  if (kind === 'bell') return BELL;
  if (kind === 'osc9') return `\x1b]9;${plain}${BELL}`;
  return kind === 'osc777' ? `\x1b]777;notify;aim;${plain}${BELL}` : '';
}

const BELL = '\x07';

/** The desktop's own notification, without a shell. False where this machine has none. */
export function notifyDesktop(words: Printable, platform: NodeJS.Platform = process.platform): Promise<boolean> {
  const [program, args] =
    platform === 'darwin'
      ? ([
          'osascript',
          ['-e', 'on run words', '-e', 'display notification (item 1 of words) with title "aim"', '-e', 'end run', words],
        ] as const)
      : (['notify-send', ['--app-name=aim', '--', 'aim', words]] as const);
  return new Promise((resolve) => {
    execFile(program, [...args], { timeout: 5000, shell: false }, (error) => resolve(error === null));
  });
}
