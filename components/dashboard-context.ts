// What every part of the dashboard can reach: the server, what is known of it, the keys, the shell.

import { createContext, use } from 'react';
import type { Action, ActionContext, Subject } from '../commands/action.ts';
import type { Reach } from '../src/auth/auth-caller.ts';
import type { Api } from '../src/http/api.ts';
import type { DashboardState } from '../src/state/dashboard-state.ts';
import type { FrameClock } from '../src/state/frame-clock.ts';
import type { Remembered } from '../src/state/remembered.ts';
import type { Printable } from '../src/text/brand.ts';
import type { Account } from '../src/wire/session.ts';
import type { BackgroundRuns } from './actions/background.ts';
import type { Areas } from './areas.ts';
import type { Keyboard } from './keys/keyboard.ts';
import type { Meter } from './meter.ts';
import type { Screen } from './screen.ts';
import type { Environment } from './shell/environment.ts';
import type { Shell } from './shell/shell.ts';
import type { SizeStore } from './shell/use-size.ts';
import type { UserLinesStore } from './shell/user-lines.ts';
import type { Theme } from './theme.ts';

export type ContextSwitch = {
  /** The profile of this server. */
  readonly current: string;
  list(): readonly { name: string; server: string | null; account?: string | null }[];
  /** Leaves this server for that of a profile; `then` is a line of the palette to run there. Says what went wrong, and stays. */
  switchTo(name: string, then?: string): Promise<void>;
};

export type Dashboard = {
  /** Read it when you call: it is another one after the control plane was restarted. */
  readonly api: Api;
  readonly account: Account;
  readonly environment: Environment;
  readonly isEmbedded: boolean;
  /** When a person has to sign in again, in milliseconds; it answers null where nobody says. Null where the sign-in is not ours to renew. */
  readonly signInEndsAt: (() => number | null) | null;
  /** The way on which a sign-in is asked for. */
  readonly reach: Reach | undefined;
  /** The other servers and sign-ins, and the way to them. Null where there is one only, given from outside. */
  readonly contexts: ContextSwitch | null;
  /** Runs what needs the terminal for itself: an editor, a sign-in. The screen comes back afterwards. */
  handOver<Result>(work: () => Promise<Result>): Promise<Result>;
  readonly state: DashboardState;
  readonly remembered: Remembered;
  readonly shell: Shell;
  readonly keyboard: Keyboard;
  /** Where what can be clicked is, by ids that stay. */
  readonly areas: Areas;
  readonly clock: FrameClock;
  readonly theme: Theme;
  readonly size: SizeStore;
  readonly screens: readonly Screen[];
  readonly registry: readonly Action[];
  /** Resolves when the registry is filled; null where it was from the beginning. */
  readonly ready: Promise<void> | null;
  /** For actions; `context.api` is always the current one. */
  readonly context: ActionContext;
  now(): number;
  /** Runs an action of the registry as its key or palette entry would: asks for what is missing, confirms what is dangerous, reports. */
  run(
    id: string,
    given?: Partial<Record<Subject, { value: string; label: string }>>,
    typed?: readonly string[],
    options?: Readonly<Record<string, unknown>>,
  ): void;
  /** The same without questions, for forms of their own: texts for the arguments, values for the options. Throws what the action throws. */
  execute(id: string, args: Readonly<Record<string, string>>, options?: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** Runs a line as the palette does. False where it means nothing. */
  runLine(line: string): boolean;
  /** The user's own words for lines. */
  readonly lines: UserLinesStore;
  /** What drawing costs, where somebody wants to see it. */
  readonly meter: Meter;
  /** Whether the terminal's window is in front, as it says itself; true where it says nothing. */
  hasFocus(): boolean;
  readonly background: BackgroundRuns;
  /** Writes what gets attention and shows nothing in our frame: a bell, a notification of the terminal. */
  signal(sequence: string): void;
  /** Copies by OSC 52 where the terminal takes it; says what was copied, and where it went instead. */
  copy(text: string, what: Printable): void;
  quit(): void;
};

export const DashboardContext = createContext<Dashboard | null>(null);

export function useDashboard(): Dashboard {
  const dashboard = use(DashboardContext);
  if (!dashboard) throw new Error('A component of the dashboard was rendered outside of it.');
  return dashboard;
}
