// The dashboard, from taking over the terminal to giving it back as it was.

import { useSyncExternalStore } from 'react';
import { createStore } from 'zustand/vanilla';
import type { Action } from '../commands/action.ts';
import { AIMError, ExitCode } from '../src/errors.ts';
import { asProgramReplaced } from '../src/program-replaced.ts';
import { ours } from '../src/text/brand.ts';
import { visible } from '../src/text/visible.ts';
import { errorLine } from './actions/error-line.ts';
import { type Contexts, contextSwitch, type SessionStore } from './context-switch.ts';
import { type Dashboard, DashboardContext } from './dashboard-context.ts';
import { ErrorBoundary } from './error-boundary.tsx';
import { createInputQueue } from './keys/input-queue.ts';
import { type LiveLook, liveLook, onSettings } from './live-look.ts';
import { loadLater } from './load-later.ts';
import type { Screen } from './screen.ts';
import { allScreens } from './screens/all-screens.ts';
import { openSession, type Reached, type Session } from './session.ts';
import type { GlobalCommands } from './shell/global-keys.ts';
import { ShellView } from './shell/shell-view.tsx';
import { createSizeStore } from './shell/use-size.ts';
import type { Background } from './terminal/background.ts';
import { copier } from './terminal/copier.ts';
import { writeCrashReport } from './terminal/crash-report.ts';
import { openTerminal } from './terminal/open-terminal.ts';
import { quietStreams } from './terminal/quiet-streams.ts';
import { type RenderedTree, renderTree } from './terminal/render-tree.tsx';
import { onSignals } from './terminal/signals.ts';
import { suspender } from './terminal/suspend.ts';

export type RunDashboardOptions = Reached & {
  /** As a function it is loaded behind the first frame. */
  registry: readonly Action[] | (() => Promise<readonly Action[]>);
  /** The servers that can be gone to without leaving. */
  contexts?: Contexts;
  /** Lets go of the first server, when it is left for another or at the end. */
  close?: () => Promise<void>;
  /** Where it listens and how to leave are printed here after the terminal is back. Default the streams of `context.io`. */
  stdin?: NodeJS.ReadStream;
  stdout?: NodeJS.WriteStream;
  /** Told once it is open, and again for each other server: for what drives a dashboard from outside (scripts, tests). */
  onOpen?: (dashboard: Dashboard) => void;
  screens?: readonly Screen[];
  /** What the terminal says of itself; the theme `auto` follows it. */
  background?: Background | null;
  /** Begins with the figures of drawing in the footer. */
  measures?: boolean;
  now?: () => number;
};

/** @returns when the operator quits, with the terminal as it was; a crash prints its message and the path of its report. */
export async function runDashboard(options: RunDashboardOptions): Promise<ExitCode> {
  const { context } = options;
  const verbs = typeof options.registry === 'function' ? options.registry : null;
  const registry: Action[] = typeof options.registry === 'function' ? [] : [...options.registry];
  const { settings, io } = context;
  const stdin = options.stdin ?? (io.stdin as NodeJS.ReadStream);
  const stdout = options.stdout ?? (io.stdout as NodeJS.WriteStream);
  const look = liveLook({ settings, env: io.env, background: options.background });
  const { theme } = look;

  const terminal = openTerminal({
    stdin,
    stdout,
    env: io.env,
    mouse: settings.get('mouse'),
    ...(options.now ? { now: options.now } : {}),
  });
  let rendered: RenderedTree | null = null;
  let measures = options.measures || /(^|,)render(,|$)/.test(io.env['AIM_DEBUG'] ?? '');
  const ended = Promise.withResolvers<ExitCode>();
  const ready = Promise.withResolvers<void>();
  const quit = () => ended.resolve(ExitCode.Ok);
  const crashed = (error: unknown) => {
    // The screen stays: what runs already needs nothing of what is gone.
    if (rendered && asProgramReplaced(error)) current().dashboard.shell.say(errorLine(error), 'bad');
    else ended.reject(error);
  };
  const size = createSizeStore(terminal.size, terminal.onResize);
  const current = (): Session => sessions.getState();
  const suspend = suspender(terminal, {
    redraw: () => rendered?.redraw(),
    // Windows has no job control, and no such signal.
    canStop: stdin === process.stdin && process.platform !== 'win32',
    onNotStopped: () => current().dashboard.shell.say(ours('There is no shell to go back to here.'), 'warning'),
  });
  const switching = options.contexts
    ? contextSwitch({
        contexts: options.contexts,
        sessions: () => sessions,
        open: (to) => open(to),
        opened: (to) => opened(to),
        left: options.close,
      })
    : null;
  const open = (reached: Reached): Session => openSession(reached, {
    registry, theme, size, quit, crashed,
    screens: options.screens ?? allScreens,
    ...(options.now ? { now: options.now } : {}),
    isHeld: () => stdout.writableNeedDrain,
    copy: (text, what) => copier({ terminal, env: io.env, shell: current().dashboard.shell })(text, what),
    signal: (sequence) => terminal.write(sequence),
    handOver: suspend.during,
    measures,
    drawn: () => rendered?.drawn ?? { frames: 0, bytes: 0, skipped: 0 },
    contexts: switching,
    ready: verbs ? ready.promise : null,
  }); // biome-ignore format: one table
  const opened = (session: Session) => {
    session.follow();
    options.onOpen?.(session.dashboard);
  };
  const sessions: SessionStore = createStore<Session>(() => open(options));
  terminal.onInput(createInputQueue((event) => current().dashboard.keyboard.dispatch(event)));
  let hasMouse = settings.get('mouse');
  const offSettings = [
    onSettings(settings, ['mouse'], () => {
      hasMouse = settings.get('mouse');
      terminal.setMouse(hasMouse);
    }),
    onSettings(settings, ['fps'], () => current().dashboard.clock.limit(settings.get('fps'))),
    look.stop,
  ];
  const commands = {
    suspend: () => suspend(),
    redraw: () => suspend.redraw(),
    toggleMouse() {
      hasMouse = !hasMouse;
      terminal.setMouse(hasMouse);
      current().dashboard.shell.say(
        hasMouse
          ? ours('The mouse is on: a click selects, the wheel scrolls. With shift most terminals still select text.')
          : ours('The mouse is off: the terminal selects text again.'),
      );
    },
    toggleMeter() {
      current().dashboard.meter.toggle();
      measures = current().dashboard.meter.isOn;
      current().dashboard.clock.changed();
    },
  };
  const tree = (
    <ErrorBoundary onError={crashed}>
      <CurrentSession sessions={sessions} commands={commands} look={look.version} />
    </ErrorBoundary>
  );
  const offSignals = onSignals({ quit: (code) => ended.resolve(code), crashed, hangUp: () => ended.resolve(HANG_UP) });
  const quiet = quietStreams(() => !terminal.isOpen);
  let isGivenBack = false;
  const onExit = () => terminal.close();
  process.once('exit', onExit);
  // The command line says with the signal which exit code it means: 129, 130 or 143.
  const abortedOutside = () =>
    ended.resolve(context.signal.reason instanceof AIMError ? context.signal.reason.exitCode : ExitCode.Interrupted);
  context.signal.addEventListener('abort', abortedOutside, { once: true });

  rendered = renderTree(tree, terminal);
  opened(current());
  if (verbs) setTimeout(() => verbs().then(takeVerbs).catch(crashed), FIRST_FRAME);

  try {
    return await ended.promise;
  } catch (error) {
    return await giveBack().then(() => reportCrash(error, { folder: settings.paths.state, stderr: io.stderr }));
  } finally {
    await giveBack();
  }

  /** What is on the screen already has their keys, and what was typed before waits for them (see run-line). */
  function takeVerbs(all: readonly Action[]): void {
    registry.push(...all);
    const { lines, clock } = current().dashboard;
    lines.setState((before) => ({ ...before }));
    clock.changed();
    ready.resolve();
    if (stdin === process.stdin) loadLater();
  }

  async function giveBack(): Promise<void> {
    if (isGivenBack) return;
    isGivenBack = true;
    context.signal.removeEventListener('abort', abortedOutside);
    const work = current().end();
    rendered?.unmount();
    terminal.close();
    quiet.restore();
    offSignals();
    for (const off of offSettings) off();
    process.off('exit', onExit);
    await work;
    await (switching ? switching.close() : options.close?.());
  }
}

/** Everything below is another tree for another server: no component carries anything over. */
function CurrentSession({ sessions, commands, look }: CurrentSessionProps) {
  const { id, dashboard } = useSyncExternalStore(sessions.subscribe, sessions.getState);
  // Another look draws everything anew.
  const version = useSyncExternalStore(look.subscribe, look.getState);
  return (
    <DashboardContext key={`${id}:${version}`} value={dashboard}>
      <ShellView environment={dashboard.environment} commands={commands} />
    </DashboardContext>
  );
}

type CurrentSessionProps = { sessions: SessionStore; commands: GlobalCommands; look: LiveLook['version'] };

/** Milliseconds; what is drawn is on its way then. */
const FIRST_FRAME = 5;

const HANG_UP = 129 as ExitCode;

function reportCrash(error: unknown, { folder, stderr }: { folder: string; stderr: NodeJS.WritableStream }): ExitCode {
  const path = writeCrashReport(error, folder);
  const message = visible(error instanceof Error ? error.message : String(error), { max: 1000 });
  stderr.write(`aim: the dashboard stopped because of a mistake of ours: ${message}\n`);
  stderr.write(path === null ? '' : `     The report is in ${path}\n`);
  return ExitCode.Failure;
}
