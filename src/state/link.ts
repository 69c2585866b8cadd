// How the link to the server stands, as the stream says it and as the clock on the wall shows it.

import { createStore, type StoreApi } from 'zustand/vanilla';
import type { LinkState } from '../http/api.ts';
import type { Timestamp } from '../wire/scalars.ts';

export type LinkModel = {
  link: LinkState;
  lastEventAt: Timestamp | null;
  /** Since when nothing is heard, by this machine's clock; null while something is. */
  downSince: number | null;
  /** Where it is not the server's fault: an embedded control plane that died and is being started again. */
  embedded: 'none' | 'running' | 'restarting' | 'failed';
  /** What the server says is wrong with itself (no space left), in its words. */
  trouble: string | null;
};

export type LinkStore = StoreApi<LinkModel>;

export function createLinkStore(now: () => number = Date.now): LinkStore {
  const store = createStore<LinkModel>(() => ({
    link: { state: 'connecting' },
    lastEventAt: null,
    downSince: null,
    embedded: 'none',
    trouble: null,
  }));
  // Counted from the break: on a quiet fleet the last event is minutes older than that.
  store.subscribe((model) => {
    const { link, downSince } = model;
    const isHeard = link.state === 'live' || link.state === 'polling';
    if (isHeard && downSince !== null) store.setState({ downSince: null });
    // `connecting` after a break, between two tries, is still that break.
    if (!isHeard && link.state !== 'connecting' && downSince === null) store.setState({ downSince: now() });
  });
  return store;
}

/** What is shown is then what the server last answered, and may no longer be so. */
export const isDown = ({ link, downSince, embedded }: LinkModel): boolean =>
  link.state === 'reconnecting' ||
  link.state === 'offline' ||
  (link.state === 'connecting' && downSince !== null) ||
  embedded === 'restarting' ||
  embedded === 'failed';

/** The word that the header shows: `live` only where something is really heard. */
export type LinkWord = 'connecting' | 'live' | 'polling' | 'reconnecting' | 'offline' | 'restarting';

export function linkWord({ link, embedded }: LinkModel): LinkWord {
  return embedded === 'restarting' ? 'restarting' : link.state;
}
