// One line typed at a question on the terminal: heard also after Ctrl-Z and fg, and left with Ctrl-C.

import type { Io } from './action.ts';

/** One line from the terminal; empty at its end. */
export async function ask(question: string, io: Io, signal: AbortSignal): Promise<string> {
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: io.stdin, output: io.stderr, terminal: io.stdin.isTTY === true });
  const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
  // A terminal in raw mode gives Ctrl-C to readline, which would swallow it.
  lines.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  // readline pauses what it reads when it comes back from Ctrl-Z, and leaves it to us to go on.
  lines.on('SIGCONT', () => lines.resume());
  try {
    return await Promise.race([lines.question(question, { signal }), ended]);
  } finally {
    lines.close();
  }
}
