// Runs a program on the caller's own streams, as a shell would: its signals, its exit code, and 126 or 127 where it cannot start.

import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { isatty } from 'node:tty';
import type { Io } from '../action.ts';

export function runProgram(
  [program = '', ...args]: readonly string[],
  { env, cwd, note }: Pick<Io, 'env' | 'cwd' | 'note'>,
): Promise<number> {
  return new Promise((resolve) => {
    // On a terminal the child gets Ctrl-C itself; what is sent to us alone is passed on. Either way its own end decides.
    // Listened for before it starts: a signal that comes with its first output would end us and leave it behind.
    const hasTerminal = [0, 1, 2].some((stream) => isatty(stream));
    const passOn = (signal: NodeJS.Signals) => void child.kill(signal);
    const interrupted = hasTerminal ? () => {} : passOn;
    process.on('SIGINT', interrupted);
    for (const signal of PASSED_ON) process.on(signal, passOn);
    const child = spawn(program, args, { stdio: 'inherit', cwd, env: { ...env } });
    const end = (code: number) => {
      process.off('SIGINT', interrupted);
      for (const signal of PASSED_ON) process.off(signal, passOn);
      resolve(code);
    };
    child.once('error', (error: NodeJS.ErrnoException) => {
      note(`aim: ${program} could not be started (${error.code}).`);
      end(error.code === 'ENOENT' ? 127 : 126);
    });
    child.once('exit', (code, signal) => end(code ?? 128 + (signal === null ? 1 : (constants.signals[signal] ?? 1))));
  });
}

const PASSED_ON = ['SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'] as const;
