// How a dashboard ends when it is told to from outside, and when something breaks that nobody caught.

import type { ExitCode } from '../../src/errors.ts';

export type SignalHandlers = { quit(code: ExitCode): void; hangUp(): void; crashed(error: unknown): void };

/** @returns how to stop listening. */
export function onSignals({ quit, hangUp, crashed }: SignalHandlers): () => void {
  const terminated = () => quit(143 as ExitCode);
  const interrupted = () => quit(130);
  process.on('SIGTERM', terminated);
  process.on('SIGINT', interrupted);
  process.on('SIGHUP', hangUp);
  process.on('uncaughtException', crashed);
  process.on('unhandledRejection', crashed);
  return () => {
    process.off('SIGTERM', terminated);
    process.off('SIGINT', interrupted);
    process.off('SIGHUP', hangUp);
    process.off('uncaughtException', crashed);
    process.off('unhandledRejection', crashed);
  };
}
