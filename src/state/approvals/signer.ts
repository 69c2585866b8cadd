// The fresh sign-in that policy may ask for: made in the browser, kept in memory alone, for as long as policy calls it fresh.

import type { Printable } from '../../text/brand.ts';
import { say } from '../../text/say.ts';
import type { Shown } from './model.ts';
import type { ApprovalsEvent } from './reduce.ts';

export type Signer = { signIn(shown: Shown): void; stop(): void; token(): string | null };

export type SignerOptions = {
  signIn: ((options: { note(words: string): void; signal: AbortSignal }) => Promise<string>) | undefined;
  dispatch(event: ApprovalsEvent): void;
  now(): number;
};

export function createSigner({ signIn, dispatch, now }: SignerOptions): Signer {
  let fresh: { token: string; at: number } | null = null;
  let running: AbortController | null = null;

  return {
    token: () => fresh?.token ?? null,
    stop: () => running?.abort(),
    signIn({ request: { id, freshSignInSeconds } }) {
      const done = (words: Printable | null) => dispatch({ kind: 'signed-in', id, words, at: now() });
      // Several decisions in a row are one sign-in.
      if (fresh !== null && now() - fresh.at < ((freshSignInSeconds ?? 0) - SPARE_SECONDS) * 1000) return done(null);
      if (signIn === undefined) return done(say`Here is no browser to sign in with: aim approvals approve ${id} --sign-in`);
      running?.abort();
      running = new AbortController();
      const { signal } = running;
      const note = (words: string) => {
        if (!signal.aborted) dispatch({ kind: 'sign-in-note', id, words: say`${words}`, at: now() });
      };
      signIn({ note, signal }).then(
        (token) => {
          if (signal.aborted) return;
          fresh = { token, at: now() };
          done(null);
        },
        (error: unknown) => {
          if (!signal.aborted) done(say`Not signed in: ${error instanceof Error ? error.message : String(error)}`);
        },
      );
    },
  };
}

/** A token that is about to be too old is not taken for fresh: the decision still has to be confirmed and to arrive. */
const SPARE_SECONDS = 30;
