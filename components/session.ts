// The dashboard of one server behind a terminal that outlives it: state, keys, stores and stream, begun and ended as a whole.

import type { Action, ActionContext } from '../commands/action.ts';
import type { Reach } from '../src/auth/auth-caller.ts';
import type { Api } from '../src/http/api.ts';
import type { Account } from '../src/wire/session.ts';
import { createDashboard, type DashboardParts } from './create-dashboard.ts';
import type { Dashboard } from './dashboard-context.ts';
import { followServer } from './follow-server.ts';
import { openStores } from './screens/all-screens.ts';
import { startTicking } from './ticker.ts';

/** One server, reached and signed in to. */
export type Reached = {
  context: ActionContext;
  api: Api;
  account: Account;
  server: string;
  /** The control plane lives as long as this dashboard. */
  embedded: boolean;
  /** When a person has to sign in again, in milliseconds. */
  signInEndsAt?: (() => number | null) | undefined;
  /** The way to whoever is asked for a sign-in: through the proxy and with the certificates of the settings. */
  reach?: Reach | undefined;
  /** Starts it again after it died; called once. */
  restartEmbedded?: () => Promise<Api>;
  /** Resolves when it died. */
  embeddedLost?: Promise<void>;
};

export type Session = {
  id: number;
  dashboard: Dashboard;
  /** Begins to read the stream, once it is on the screen. */
  follow(): void;
  /** Stops all of it. What goes on in the background may take a moment to end. */
  end(): Promise<void>;
};

export type SharedParts = Pick<
  DashboardParts,
  'theme' | 'size' | 'quit' | 'screens' | 'now' | 'copy' | 'signal' | 'handOver' | 'contexts' | 'drawn' | 'measures' | 'ready'
> & {
  registry: readonly Action[];
  /** The terminal takes no more for the moment. */
  isHeld(): boolean;
  crashed(error: unknown): void;
};

let sessions = 0;

/** Nothing of another session is seen or reached from this one: switching servers is leaving one and entering another. */
export function openSession(reached: Reached, { isHeld, crashed, ...shared }: SharedParts): Session {
  const { context: outer, api, account, server, embedded } = reached;
  const closing = new AbortController();
  const context: ActionContext = {
    settings: outer.settings,
    io: outer.io,
    signal: AbortSignal.any([outer.signal, closing.signal]),
    get api() {
      return api;
    },
  };
  const { dashboard, background, replaceApi } = createDashboard({
    ...shared,
    context,
    api,
    account,
    server,
    embedded,
    signInEndsAt: reached.signInEndsAt,
    reach: reached.reach,
  });
  const { clock } = dashboard;
  clock.holdWhile(isHeld);
  const stopTicking = startTicking(dashboard, () => clock.lastKeyAt);
  const closeStores = openStores(dashboard);
  return {
    id: sessions++,
    dashboard,
    follow() {
      followServer({
        dashboard,
        signal: closing.signal,
        embedded,
        restartEmbedded: reached.restartEmbedded,
        embeddedLost: reached.embeddedLost,
        replaceApi,
        crashed,
      });
    },
    async end() {
      if (closing.signal.aborted) return;
      stopTicking();
      const work = background.end();
      closing.abort();
      closeStores();
      clock.stop();
      await work;
    },
  };
}
