// The real dashboard on a terminal that nobody sits at: steps taken, and what a person would see handed back.

import type { ScreenId } from '../../commands/action.ts';
import { PolicyError } from '../../src/errors.ts';
import type { Api } from '../../src/http/api.ts';
import { type RunDashboardOptions, runDashboard } from '../dashboard.tsx';
import type { Dashboard } from '../dashboard-context.ts';
import { parseScript } from './parse-script.ts';
import { runScript, settled } from './run-script.ts';
import { type SnapshotKind, snapshotOf } from './snapshot.ts';
import { createVirtualTerminal } from './virtual-terminal.ts';

export type DriveOptions = Omit<RunDashboardOptions, 'stdin' | 'stdout' | 'onOpen'> & {
  columns: number;
  rows: number;
  screen: ScreenId;
  script: string;
  /** Seconds that a `wait` waits. */
  patience: number;
  print(text: string): void;
};

/** @returns a picture of the last screen. @throws AIMError of the step that failed. */
export async function drive(options: DriveOptions, kind: SnapshotKind): Promise<string> {
  const steps = parseScript(options.script);
  const terminal = createVirtualTerminal(options.columns, options.rows);
  let opened: Dashboard | undefined;
  const api = undecided(options.api);
  const ended = runDashboard({
    ...options,
    api,
    stdin: terminal.stdin,
    stdout: terminal.stdout,
    onOpen(dashboard) {
      opened = dashboard;
    },
  });
  if (!opened) throw await ended.then((code) => new Error(`The dashboard ended with ${code} before it opened.`));
  const dashboard: Dashboard = opened;
  const stopped = new AbortController();
  void ended.finally(() => stopped.abort());
  const signal = AbortSignal.any([options.context.signal, stopped.signal]);
  const surroundings = { terminal, dashboard, signal, patience: options.patience, print: options.print };
  try {
    if (options.screen !== 'overview') dashboard.shell.jump(options.screen);
    await connected(dashboard, options.patience);
    await settled(surroundings);
    await runScript(steps, surroundings);
    if (!stopped.signal.aborted) await settled(surroundings);
    return snapshotOf(kind, terminal, dashboard);
  } finally {
    dashboard.quit();
    await ended;
    keepCursorQuiet();
  }
}

/** What stands there before the server has said anything is no picture of it. */
async function connected({ state, clock }: Dashboard, patience: number): Promise<void> {
  const isThere = () => state.link.getState().link.state !== 'connecting' && state.agents.getState().phase !== 'loading';
  if (isThere()) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, patience * 1000);
    const stop = clock.subscribe(() => {
      if (!isThere()) return;
      clearTimeout(timer);
      stop();
      resolve();
    });
  });
}

/** Ink shows the cursor again when the process ends, on standard error whatever that is (restore-cursor 4): nobody hid it there. */
function keepCursorQuiet(): void {
  const { stderr } = process;
  const write = stderr.write.bind(stderr);
  stderr.write = ((chunk: string | Uint8Array, ...rest: never[]) =>
    chunk === '\u001b[?25h' ? true : write(chunk, ...rest)) as typeof stderr.write;
}

/** The panel says of a decision that a person pressed the key. Here nobody did. */
function undecided(api: Api): Api {
  const refuse = async (): Promise<never> => {
    throw new PolicyError('ui.no-decision', {
      message: 'A script presses no key that decides: the record would say that a person did.',
      next: 'Decide on the command line, which says so: aim approvals approve ID',
    });
  };
  return { ...api, approvals: { ...api.approvals, approve: refuse, deny: refuse } };
}
