// What a screen shows, as plain lines on the terminal itself: to be selected and copied by the terminal's own means.

import { ours } from '../../src/text/brand.ts';
import type { Dashboard } from '../dashboard-context.ts';

/** All that there is, where a screen says so; it is asked only when somebody wants it. */
export type PlainLines = () => readonly string[];

export async function showPlain({ shell, handOver, context }: Dashboard): Promise<void> {
  const { screen } = shell.place;
  const lines = shell.memory<{ read: PlainLines | null }>(`plain:${screen}`, () => ({ read: null })).read?.() ?? null;
  if (lines === null) {
    shell.say(ours('This screen has no lines of its own; y copies what is selected.'), 'warning');
    return;
  }
  const { stdin, stdout } = context.io;
  await handOver(async () => {
    stdout.write(`${lines.join('\n')}\n\naim: ${lines.length} lines; Enter goes back.\n`);
    stdin.resume();
    await new Promise<void>((resolve) => stdin.once('data', () => resolve()));
    stdin.pause();
  });
}
