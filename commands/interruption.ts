// Ctrl-C and its kin: the running verb is told once and may finish cleanly; whoever asks again leaves at once.

import { AIMError, ExitCode } from '../src/errors.ts';

export type Interruption = { signal: AbortSignal; stop(): void };

/** The reason of the signal is an AIMError whose exit code is the conventional one (128 + number). */
export function listenForInterruption(): Interruption {
  const controller = new AbortController();
  const handlers = Object.entries(signalCodes).map(([name, exitCode]) => {
    const handler = () => {
      if (controller.signal.aborted) process.exit(exitCode);
      controller.abort(new Interrupted(exitCode));
      setTimeout(() => process.exit(exitCode), PATIENCE).unref();
    };
    process.on(name, handler);
    return () => process.off(name, handler);
  });
  return { signal: controller.signal, stop: () => handlers.forEach((remove) => void remove()) };
}

/** Silent on the terminal: who pressed the keys knows. */
export class Interrupted extends AIMError {
  constructor(exitCode: number = ExitCode.Interrupted, next?: string) {
    super('usage', 'interrupted', { message: 'Interrupted.', exitCode: exitCode as ExitCode, next });
  }
}

/** The conventional exit codes: 128 and the number of the signal. */
export const signalCodes = { SIGINT: ExitCode.Interrupted, SIGTERM: 143, SIGHUP: 129 };
const PATIENCE = 5000; // a server's graceful stop takes up to this long
