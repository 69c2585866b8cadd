// What a screen is: the shell shows one at a time, by name, under a header and above a footer that no screen can write to.

import type { ReactNode } from 'react';
import type { ScreenId } from '../commands/action.ts';
import type { Printable } from '../src/text/brand.ts';
import type { Dashboard } from './dashboard-context.ts';

export type Screen = {
  id: ScreenId;
  /** In the breadcrumbs and the tab bar. One or two words. */
  title: Printable;
  /** The digit that opens it, 1 to 6. Screens without one are reached through the palette or from another screen. */
  tab?: 1 | 2 | 3 | 4 | 5 | 6;
  /** A number beside the title in the tab bar: what waits there. Read at each frame, so it must be cheap. Null shows none. */
  badge?(): number | null;
  /** Why an action makes no sense for what is selected or named (`agents.reactivate` for one that is not suspended). Null where it does. */
  unavailable?(actionId: string, value: string, dashboard: Dashboard): Printable | null;
  Component(props: ScreenProps): ReactNode;
};

export type ScreenProps = {
  id: ScreenId;
  /** The cells that the screen has. It must fill no more: a higher one breaks the chrome. */
  width: number;
  height: number;
  /** What it shows, for screens of one thing: an agent's id, a verification's id. Null for lists. */
  of: string | null;
};
