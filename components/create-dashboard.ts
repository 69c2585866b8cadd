// Puts the parts of a dashboard together: state, keys, shell and actions around one connection that may be replaced.

import { join } from 'node:path';
import type { Action, ActionContext } from '../commands/action.ts';
import type { Reach } from '../src/auth/auth-caller.ts';
import type { Api } from '../src/http/api.ts';
import { createDashboardState } from '../src/state/dashboard-state.ts';
import { createFrameClock, type FrameClock } from '../src/state/frame-clock.ts';
import { createRemembered } from '../src/state/remembered.ts';
import { ours } from '../src/text/brand.ts';
import type { Account } from '../src/wire/session.ts';
import { type BackgroundRuns, createBackgroundRuns } from './actions/background.ts';
import { execute } from './actions/execute.ts';
import { runAction } from './actions/run-action.ts';
import { runningApprovals } from './approvals/approvals-store.ts';
import { createAreas } from './areas.ts';
import type { ContextSwitch, Dashboard } from './dashboard-context.ts';
import { keyOverrides } from './keys/key-overrides.ts';
import { createKeyboard } from './keys/keyboard.ts';
import { keyLabel } from './keys/keymap.ts';
import { pointAt } from './keys/point-at.ts';
import { createMeter } from './meter.ts';
import type { Screen } from './screen.ts';
import { problemsOf } from './shell/check-lines.ts';
import { environmentOf } from './shell/environment.ts';
import { learn } from './shell/hints.ts';
import { runLine } from './shell/run-line.ts';
import { createShell } from './shell/shell.ts';
import type { SizeStore } from './shell/use-size.ts';
import { createUserLines } from './shell/user-lines.ts';
import type { Drawn } from './terminal/painter.ts';
import type { Theme } from './theme.ts';
import { words } from './words.ts';

export type DashboardParts = {
  context: ActionContext;
  registry: readonly Action[];
  /** The registry is still empty until then. */
  ready?: Promise<void> | null;
  api: Api;
  account: Account;
  server: string;
  embedded: boolean;
  signInEndsAt?: (() => number | null) | undefined;
  reach?: Reach | undefined;
  contexts?: Omit<ContextSwitch, 'current'> | null;
  handOver: Dashboard['handOver'];
  /** What was drawn so far; nothing where nobody draws. */
  drawn?: () => Drawn;
  /** Begins with the meter on. */
  measures?: boolean;
  screens: readonly Screen[];
  theme: Theme;
  size: SizeStore;
  copy: Dashboard['copy'];
  signal: Dashboard['signal'];
  quit(): void;
  now?: () => number;
  clock?: FrameClock;
};

export type CreatedDashboard = { dashboard: Dashboard; background: BackgroundRuns; replaceApi(api: Api): void };

const NEXT_FRAME = 150; // milliseconds, in which a frame is drawn and its keys are live

/** The control plane of this machine has a name of its own where the default profile is another server. */
function currentOf({ contexts, context, embedded }: DashboardParts): string {
  const own = embedded ? contexts?.list().find(({ server }) => server === null)?.name : undefined;
  return own ?? context.settings.get('profile');
}

export function createDashboard(parts: DashboardParts): CreatedDashboard {
  const { context: outer, registry, account, screens, theme, size, copy, quit, now = Date.now } = parts;
  const connection = { api: parts.api };
  const clock = parts.clock ?? createFrameClock({ now, fps: outer.settings.get('fps') });
  const shell = createShell({ now });
  const state = createDashboardState({ api: () => connection.api, clock, now });
  shell.subscribe(() => clock.changed());
  const areas = createAreas(() => shell.getState().overlay !== null);
  let hasFocus = true;
  const meter = createMeter({
    drawn: parts.drawn ?? (() => ({ frames: 0, bytes: 0, skipped: 0 })),
    events: () => state.events.next,
    isOn: parts.measures ?? false,
  });
  const lines = createUserLines(outer.settings);
  const overrides = new Map(keyOverrides(lines.getState().keys));
  lines.subscribe(({ keys }) => {
    overrides.clear();
    for (const [id, chosen] of keyOverrides(keys)) overrides.set(id, chosen);
    tellProblems();
    clock.changed();
  });
  let told = '';
  // Each mistake once, as long as it stands there.
  const tellProblems = () => {
    if (registry.length === 0) return;
    const problems = problemsOf(lines.getState(), { registry, screens });
    const [first] = problems;
    if (first !== undefined && told !== problems.join(' '))
      shell.say(problems.length === 1 ? first : words`${first} And ${problems.length - 1} more: aim config edit`, 'warning');
    told = problems.join(' ');
  };
  const keyboard = createKeyboard({
    overrides,
    onKey: () => clock.keyPressed(),
    // Pressed before the verbs were there: it is pressed again when they are on the screen, and decides nothing then.
    onUnknown(key) {
      if (registry.length > 0 || !parts.ready) return;
      const again = () => keyboard.dispatch({ kind: 'key', key: { ...key, lone: false } });
      void parts.ready.then(() => setTimeout(again, NEXT_FRAME).unref());
    },
    onRun: ({ id }) => learn(dashboard, id),
    onFocus(gained) {
      hasFocus = gained;
      // Whoever comes back sees how it stands now.
      if (gained) {
        clock.keyPressed();
        runningApprovals()?.dispatch({ kind: 'refocused', at: now() });
      }
      clock.changed();
    },
    onMouse: (event) => pointAt(event, { areas, keyboard, clock, now }),
    onDisabled: (binding, because) => shell.say(words`${keyLabel(binding.keys[0] ?? '')}: ${because}.`, 'warning'),
    onRefused: (binding) =>
      shell.say(words`${keyLabel(binding.keys[0] ?? '')} was not taken: it came together with other keys.`, 'warning'),
  });
  // Actions read the connection when they run, not when the dashboard was opened.
  const context: ActionContext = {
    settings: outer.settings,
    signal: outer.signal,
    io: { ...outer.io, mayAsk: false },
    loadedLines: { current: null },
    get api() {
      return connection.api;
    },
  };
  const find = (id: string): Action | undefined => registry.find((action) => action.id === id);
  const background = createBackgroundRuns(() => dashboard);

  const dashboard: Dashboard = {
    get api() {
      return connection.api;
    },
    account,
    environment: environmentOf({
      server: parts.server,
      profile: outer.settings.get('profile'),
      embedded: parts.embedded,
      profiles: parts.contexts?.list() ?? [],
    }),
    isEmbedded: parts.embedded,
    signInEndsAt: parts.signInEndsAt ?? null,
    reach: parts.reach,
    contexts: parts.contexts ? { ...parts.contexts, current: currentOf(parts) } : null,
    lines,
    handOver: parts.handOver,
    meter,
    hasFocus: () => hasFocus,
    state,
    remembered: createRemembered(join(outer.settings.paths.state, 'dashboard.json')),
    shell,
    keyboard,
    areas,
    clock,
    theme,
    size,
    screens,
    registry,
    context,
    background,
    now,
    copy,
    signal: parts.signal,
    quit,
    ready: parts.ready ?? null,
    run(id, given, typed, options) {
      if (registry.length === 0 && parts.ready) {
        void parts.ready.then(() => dashboard.run(id, given, typed, options));
        return;
      }
      const action = find(id);
      if (!action) return shell.say(ours('That action is not part of this version.'), 'warning');
      const { selection } = shell.getState();
      const selected = selection ? { [selection.subject]: { value: selection.value, label: selection.label } } : {};
      runAction(dashboard, background, {
        action,
        given: given && Object.keys(given).length > 0 ? given : selected,
        ...(typed ? { typed } : {}),
        ...(options ? { options } : {}),
      });
    },
    runLine: (line) => runLine(dashboard, line),
    async execute(id, args, options = {}) {
      const action = find(id);
      if (!action) throw new TypeError(`There is no action ${id}`);
      return execute({ action, args, options }, context);
    },
  };
  tellProblems();
  return {
    dashboard,
    background,
    replaceApi(api) {
      connection.api = api;
    },
  };
}
