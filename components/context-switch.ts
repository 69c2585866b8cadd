// Going from one server to another in the same terminal: the new one is reached before the old one is left.

import type { StoreApi } from 'zustand/vanilla';
import { ours } from '../src/text/brand.ts';
import { visible } from '../src/text/visible.ts';
import { errorLine } from './actions/error-line.ts';
import type { ContextSwitch } from './dashboard-context.ts';
import type { Reached, Session } from './session.ts';
import { words } from './words.ts';

export type Contexts = {
  list(): readonly { name: string; server: string | null; account?: string | null }[];
  reach(name: string): Promise<{ parts: Reached; close(): Promise<void> }>;
};

export type SessionStore = StoreApi<Session>;

export type SwitchParts = {
  contexts: Contexts;
  sessions(): SessionStore;
  open(reached: Reached): Session;
  opened(session: Session): void;
  /** Lets go of the first connection. */
  left: (() => Promise<void>) | undefined;
};

/** `close` lets go of the connection that is in use at the end. */
export function contextSwitch({ contexts, sessions: store, open, opened, left }: SwitchParts): Omit<
  ContextSwitch,
  'current'
> & {
  close(): Promise<void>;
} {
  let isBusy = false;
  let letGo = left;
  return {
    list: () => contexts.list(),
    close: async () => letGo?.(),
    async switchTo(name, then) {
      const sessions = store();
      const before = sessions.getState();
      const { shell } = before.dashboard;
      if (isBusy) return shell.say(ours('Already on the way to another server.'), 'warning');
      isBusy = true;
      shell.say(words`Going to ${visible(name, { max: 50 })}…`);
      try {
        const { parts, close } = await contexts.reach(name);
        if (sessions.getState() !== before) return await close();
        // The stores of the old server end before those of the new one begin: they share what a process has once.
        const ending = before.end();
        const leaving = letGo;
        letGo = close;
        const session = open(parts);
        sessions.setState(session, true);
        opened(session);
        const { dashboard } = session;
        dashboard.shell.jump(tabOf(before));
        dashboard.shell.say(words`Now at ${dashboard.environment.word}: ${visible(parts.server, { max: 60 })}`, 'good');
        if (then) dashboard.runLine(then);
        await ending;
        await leaving?.();
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
