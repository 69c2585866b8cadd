// Long text on a terminal, shown by the pager that a person chose: AIM_PAGER, PAGER, or the setting. Without one it is printed.

import { spawn } from 'node:child_process';
import type { Settings } from '../../src/settings/settings.ts';
import { programWords } from '../../src/text/program-words.ts';
import type { Io } from '../action.ts';

type Surroundings = { settings: Pick<Settings, 'get'>; io: Pick<Io, 'stdout' | 'env' | 'cwd' | 'mayAsk' | 'note'> };

/** Resolves when the person has read it, or when it is written. */
export async function showText(text: string, { settings, io }: Surroundings): Promise<void> {
  const pager = settings.get('pager');
  const isLong = io.stdout.isTTY === true && text.split('\n').length > (io.stdout.rows ?? 24);
  // Who may not be asked may not be kept waiting at a page either.
  if (pager === null || !isLong || !io.mayAsk || !(await paged(text, programWords(pager), io))) io.stdout.write(text);
}

/** False where it could not be started: nothing was shown then. */
async function paged(text: string, [program = '', ...args]: readonly string[], io: Surroundings['io']): Promise<boolean> {
  if (program === '') return false;
  // As git sets them: colours are shown, and what fits one screen after all stays on it.
  const env = { LESS: 'FRX', LV: '-c', ...io.env };
  const stop = withoutInterruption();
  try {
    return await new Promise<boolean>((resolve) => {
      const child = spawn(program, args, { stdio: ['pipe', 'inherit', 'inherit'], cwd: io.cwd, env });
      child.once('error', () => {
        io.note(`aim: the pager ${program} could not be started.`);
        resolve(false);
      });
      child.once('exit', () => resolve(true));
      child.stdin.on('error', () => {}); // left before it read all
      child.stdin.end(text);
    });
  } finally {
    stop();
  }
}

// Ctrl-C belongs to the pager while it is open.
function withoutInterruption(): () => void {
  const before = process.listeners('SIGINT');
  const ignore = () => {};
  for (const listener of before) process.off('SIGINT', listener);
  process.on('SIGINT', ignore);
  return () => {
    process.off('SIGINT', ignore);
    for (const listener of before) process.on('SIGINT', listener);
  };
}
