// Hands the terminal to somebody else for a while: the shell behind Ctrl-Z, or a program such as an editor.

import type { Terminal } from './open-terminal.ts';

export type Suspend = {
  /** Ctrl-Z: stops the process group, goes on with SIGCONT. */
  (): void;
  /** Draws everything again, for a screen that something else wrote to. */
  redraw(): void;
  /** Runs something that needs the terminal for itself. */
  during<Result>(work: () => Promise<Result>): Promise<Result>;
};

export type SuspendOptions = {
  /** The terminal is this process's own: elsewhere there is no shell to go back to. */
  canStop: boolean;
  onNotStopped(): void;
  redraw(): void;
};

export function suspender(terminal: Terminal, { canStop, onNotStopped, redraw }: SuspendOptions): Suspend {
  let isAway = false;

  const during = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (isAway) return work();
    isAway = true;
    terminal.release();
    try {
      return await work();
    } finally {
      isAway = false;
      terminal.resume();
      redraw();
    }
  };
  const stop = () => {
    if (!canStop) return onNotStopped();
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
  return Object.assign(stop, { during, redraw });
}

const NOT_STOPPED = 400;
