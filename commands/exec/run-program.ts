// Runs a program on the caller's own streams, as a shell would: its signals, its exit code, and 126 or 127 where it cannot start.

import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { isatty } from 'node:tty';
import { UsageError } from '../../src/errors.ts';
import { terminalJson } from '../../src/text/json.ts';
import type { Io } from '../action.ts';
import { errorObject } from '../output/error.ts';

export function runProgram(
  [program = '', ...args]: readonly string[],
  { env, cwd, json, note }: Pick<Io, 'env' | 'cwd' | 'json' | 'note'>,
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
      const exitCode = error.code === 'ENOENT' ? 127 : 126;
      const message = `${program} could not be started (${error.code}).`;
      note(
        json ? terminalJson({ ...errorObject(new UsageError('exec.not-started', { message })), exitCode }) : `aim: ${message}`,
      );
      end(exitCode);
    });
    child.once('exit', (code, signal) => end(code ?? 128 + (signal === null ? 1 : (constants.signals[signal] ?? 1))));
  });
}

const PASSED_ON = ['SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'] as const;
