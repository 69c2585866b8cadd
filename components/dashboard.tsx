// The dashboard, from taking over the terminal to giving it back as it was.

import { render } from 'ink';
import type { Action, ActionContext } from '../commands/action.ts';
import { AIMError, ExitCode } from '../src/errors.ts';
import type { Api } from '../src/http/api.ts';
import { ours } from '../src/text/brand.ts';
import { chooseGlyphs } from '../src/text/glyphs.ts';
import { visible } from '../src/text/visible.ts';
import type { Account } from '../src/wire/session.ts';
import { createDashboard } from './create-dashboard.ts';
import { type Dashboard, DashboardContext } from './dashboard-context.ts';
import { ErrorBoundary } from './error-boundary.tsx';
import { followServer } from './follow-server.ts';
import { createInputQueue } from './keys/input-queue.ts';
import type { Screen } from './screen.ts';
import { allScreens, openStores } from './screens/all-screens.ts';
import { environmentOf } from './shell/environment.ts';
import { ShellView } from './shell/shell-view.tsx';
import { createSizeStore } from './shell/use-size.ts';
import { copier } from './terminal/copier.ts';
import { writeCrashReport } from './terminal/crash-report.ts';
import { openTerminal } from './terminal/open-terminal.ts';
import { quietStreams } from './terminal/quiet-streams.ts';
import { onSignals } from './terminal/signals.ts';
import { InkSuspension, suspender } from './terminal/suspend.tsx';
import { coloursFrom, createTheme } from './theme.ts';
import { startTicking } from './ticker.ts';

export type RunDashboardOptions = {
  context: ActionContext;
  registry: readonly Action[];
  api: Api;
  account: Account;
  server: string;
  /** The control plane lives as long as this dashboard. */
  embedded: boolean;
  /** Starts it again after it died; called once. */
  restartEmbedded?: () => Promise<Api>;
  /** Resolves when it died. */
  embeddedLost?: Promise<void>;
  /** Where it listens and how to leave are printed here after the terminal is back. Default the streams of `context.io`. */
  stdin?: NodeJS.ReadStream;
  stdout?: NodeJS.WriteStream;
  /** Told once it is open: for what drives a dashboard from outside (scripts, tests). */
  onOpen?: (dashboard: Dashboard) => void;
  screens?: readonly Screen[];
  now?: () => number;
};

/** @returns when the operator quits, with the terminal as it was; a crash prints its message and the path of its report. */
export async function runDashboard(options: RunDashboardOptions): Promise<ExitCode> {
  const { context, registry, api, account, server, embedded, restartEmbedded } = options;
  const { settings, io } = context;
  const stdin = options.stdin ?? (io.stdin as NodeJS.ReadStream);
  const stdout = options.stdout ?? (io.stdout as NodeJS.WriteStream);
  const ascii = settings.get('ascii');
  chooseGlyphs(ascii ? 'ascii' : 'unicode');
  const chosen = settings.get('theme');
  const colours = chosen === 'none' ? 'none' : chosen === '16' ? '16' : coloursFrom(io.env, settings.get('color'));
  const theme = createTheme({ name: chosen === 'light' || chosen === 'contrast' ? chosen : 'dark', colours, ascii });

  const terminal = openTerminal({
    stdin,
    stdout,
    env: io.env,
    mouse: settings.get('mouse'),
    ...(options.now ? { now: options.now } : {}),
  });
  const ended = Promise.withResolvers<ExitCode>();
  const closing = new AbortController();
  const quit = () => ended.resolve(ExitCode.Ok);
  const crashed = (error: unknown) => ended.reject(error);
  const size = createSizeStore(terminal.size, terminal.onResize);
  const { dashboard, background, replaceApi } = createDashboard({
    context: { settings, io, signal: AbortSignal.any([context.signal, closing.signal]), get api() { return api; } },
    registry, api, account, theme, size, quit,
    screens: options.screens ?? allScreens,
    ...(options.now ? { now: options.now } : {}),
    copy: (text, what) => copier({ terminal, env: io.env, shell: dashboard.shell })(text, what),
  }); // biome-ignore format: one table
  const { clock, keyboard } = dashboard;
  clock.holdWhile(() => stdout.writableNeedDrain);
  const stopTicking = startTicking(dashboard, () => clock.lastKeyAt);
  terminal.onInput(createInputQueue((event) => keyboard.dispatch(event)));
  const closeStores = openStores(dashboard);

  const tree = (
    <DashboardContext value={dashboard}>
      <ErrorBoundary onError={crashed}>
        <ShellView
          environment={environmentOf({ server, profile: settings.get('profile'), embedded })}
          commands={{ suspend: () => suspend(), redraw: () => suspend.redraw() }}
        />
      </ErrorBoundary>
    </DashboardContext>
  );
  const { suspend, takeInk } = suspender(terminal, {
    canStop: stdin === process.stdin,
    onNotStopped: () => dashboard.shell.say(ours('There is no shell to go back to here.'), 'warning'),
  });
  const offSignals = onSignals({ quit: (code) => ended.resolve(code), crashed, hangUp: () => ended.resolve(HANG_UP) });
  const quiet = quietStreams();
  const onExit = () => terminal.close();
  process.once('exit', onExit);
  // The command line says with the signal which exit code it means: 129, 130 or 143.
  const abortedOutside = () =>
    ended.resolve(context.signal.reason instanceof AIMError ? context.signal.reason.exitCode : ExitCode.Interrupted);
  context.signal.addEventListener('abort', abortedOutside, { once: true });

  const ink = render(<InkSuspension onInk={takeInk}>{tree}</InkSuspension>, {
    stdin: terminal.silentInput,
    stdout,
    // Given, not guessed: `CI=` in the environment of a bastion would make Ink draw nothing (is-in-ci, Ink 8).
    interactive: true,
    alternateScreen: true,
    incrementalRendering: true,
    maxFps: 60,
    exitOnCtrlC: false,
    patchConsole: false,
    isScreenReaderEnabled: false,
  });
  followServer({
    dashboard,
    signal: closing.signal,
    embedded,
    restartEmbedded,
    embeddedLost: options.embeddedLost,
    replaceApi,
    crashed,
  });
  options.onOpen?.(dashboard);

  try {
    return await ended.promise;
  } catch (error) {
    return await giveBack().then(() => reportCrash(error, { folder: settings.paths.state, stderr: io.stderr }));
  } finally {
    await giveBack();
  }

  async function giveBack(): Promise<void> {
    if (closing.signal.aborted) return;
    stopTicking();
    context.signal.removeEventListener('abort', abortedOutside);
    const work = background.end();
    closing.abort();
    closeStores();
    clock.stop();
    ink.unmount();
    terminal.close();
    quiet.restore();
    offSignals();
    process.off('exit', onExit);
    await work;
  }
}

const HANG_UP = 129 as ExitCode;

function reportCrash(error: unknown, { folder, stderr }: { folder: string; stderr: NodeJS.WritableStream }): ExitCode {
  const path = writeCrashReport(error, folder);
  const message = visible(error instanceof Error ? error.message : String(error), { max: 1000 });
  stderr.write(`aim: the dashboard stopped because of a mistake of ours: ${message}\n`);
  stderr.write(path === null ? '' : `     The report is in ${path}\n`);
  return ExitCode.Failure;
}
