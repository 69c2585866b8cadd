// How the link to the server stands, as the stream says it and as the clock on the wall shows it.

import { createStore, type StoreApi } from 'zustand/vanilla';
import type { LinkState } from '../http/api.ts';
import type { Timestamp } from '../wire/scalars.ts';

export type LinkModel = {
  link: LinkState;
  lastEventAt: Timestamp | null;
  /** Where it is not the server's fault: an embedded control plane that died and is being started again. */
  embedded: 'none' | 'running' | 'restarting' | 'failed';
  /** What the server says is wrong with itself (no space left), in its words. */
  trouble: string | null;
};

export type LinkStore = StoreApi<LinkModel>;

export function createLinkStore(): LinkStore {
  return createStore<LinkModel>(() => ({ link: { state: 'connecting' }, lastEventAt: null, embedded: 'none', trouble: null }));
}

/** The word that the header shows: `live` only where something is really heard. */
export type LinkWord = 'connecting' | 'live' | 'polling' | 'reconnecting' | 'offline' | 'restarting';

export function linkWord({ link, embedded }: LinkModel): LinkWord {
  return embedded === 'restarting' ? 'restarting' : link.state;
}
