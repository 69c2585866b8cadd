// Going from one server to another in the same terminal: the new one is reached before the old one is left.

import type { StoreApi } from 'zustand/vanilla';
import { ours } from '../src/text/brand.ts';
import { visible } from '../src/text/visible.ts';
import { errorLine } from './actions/run-action.ts';
import type { ContextSwitch } from './dashboard-context.ts';
import type { Reached, Session } from './session.ts';
import { words } from './words.ts';

export type Contexts = {
  list(): readonly { name: string; server: string | null }[];
  reach(name: string): Promise<{ parts: Reached; close(): Promise<void> }>;
};

export type SessionStore = StoreApi<Session>;

export type SwitchParts = {
  contexts: Contexts;
  sessions: SessionStore;
  open(reached: Reached): Session;
  opened(session: Session): void;
  /** Lets go of the first connection. */
  left: (() => Promise<void>) | undefined;
};

const closers = new WeakMap<SessionStore, () => Promise<void>>();

/** Lets go of the connection that is in use now. */
export const closeCurrent = (sessions: SessionStore): Promise<void> => closers.get(sessions)?.() ?? Promise.resolve();

export function contextSwitch({ contexts, sessions, open, opened, left }: SwitchParts): ContextSwitch {
  let isBusy = false;
  return {
    list: () => contexts.list(),
    async switchTo(name, then) {
      const before = sessions.getState();
      const { shell } = before.dashboard;
      if (isBusy) return shell.say(ours('Already on the way to another server.'), 'warning');
      isBusy = true;
      shell.say(words`Going to ${visible(name, { max: 50 })}…`);
      try {
        const { parts, close } = await contexts.reach(name);
        if (sessions.getState() !== before) return await close();
        const letGo = closers.get(sessions) ?? left;
        // The stores of the old server end before those of the new one begin: they share what a process has once.
        const ending = before.end();
        const session = open(parts);
        closers.set(sessions, close);
        sessions.setState(session, true);
        opened(session);
        const { dashboard } = session;
        dashboard.shell.jump(tabOf(before));
        dashboard.shell.say(words`Now at ${dashboard.environment.word}: ${visible(parts.server, { max: 60 })}`, 'good');
        if (then) dashboard.goTo(then);
        await ending;
        await letGo?.();
      } catch (error) {
        shell.say(errorLine(error), 'bad');
      } finally {
        isBusy = false;
      }
    },
  };
}

/** The same list there, never the same thing: its id belongs to the other server. */
function tabOf({ dashboard: { shell, screens } }: Session) {
  const [tab] = shell.getState().trail;
  return screens.find(({ id }) => id === tab?.screen && tab.of === null)?.id ?? 'overview';
}
