// Hands the terminal to somebody else for a while: the shell behind Ctrl-Z, or a program such as an editor.

import { useApp } from 'ink';
import { type ReactNode, useInsertionEffect } from 'react';
import type { Terminal } from './open-terminal.ts';

export type Suspend = {
  /** Ctrl-Z: stops the process group, goes on with SIGCONT. */
  (): void;
  /** Draws everything again, for a screen that something else wrote to. */
  redraw(): void;
  /** Runs something that needs the terminal for itself. */
  during<Result>(work: () => Promise<Result>): Promise<Result>;
};

/** `canStop` where the terminal is this process's own: elsewhere there is no shell to go back to. */
export function suspender(
  terminal: Terminal,
  { canStop, onNotStopped }: { canStop: boolean; onNotStopped(): void },
): { suspend: Suspend; takeInk(suspendTerminal: SuspendInk): void } {
  let suspendInk: SuspendInk | null = null;
  let isAway = false;

  const during = async <Result,>(work: () => Promise<Result>): Promise<Result> => {
    if (!suspendInk || isAway) return work();
    isAway = true;
    // Ink leaves the alternate screen first, then our modes go, so that nothing is drawn into the shell's screen.
    const suspension = await suspendInk();
    terminal.release();
    try {
      return await work();
    } finally {
      terminal.resume();
      isAway = false;
      await suspension.resume();
    }
  };
  const stop = () => {
    if (!canStop) return;
    void during(async () => {
      const continued = new Promise<void>((resolve) => process.once('SIGCONT', () => resolve()));
      // 0 is the whole foreground job, so that the npm that started us stops with us.
      const asked = performance.now();
      process.kill(0, 'SIGTSTP');
      // Where no shell with job control is above (tmux new aim, ssh -t host aim, a container), the signal stops nothing.
      await Promise.race([continued, new Promise((resolve) => setTimeout(resolve, NOT_STOPPED))]);
      if (performance.now() - asked < 2 * NOT_STOPPED) onNotStopped();
    });
  };
  const suspend = Object.assign(stop, { during, redraw: () => void during(async () => {}) });

  return {
    suspend,
    takeInk(suspendTerminal) {
      suspendInk = suspendTerminal;
    },
  };
}

const NOT_STOPPED = 400;

type SuspendInk = ReturnType<typeof useApp>['suspendTerminal'];

/** Ink tells how to suspend it only to components. */
export function InkSuspension({
  onInk,
  children,
}: {
  onInk(suspendTerminal: SuspendInk): void;
  children: ReactNode;
}): ReactNode {
  const { suspendTerminal } = useApp();
  useInsertionEffect(() => onInk(suspendTerminal));
  return children;
}
