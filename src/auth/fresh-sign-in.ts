// Proves again who is there, for one decision: a sign-in in the browser whose token is used for that decision and kept nowhere.

import { AuthenticationError, PolicyError } from '../errors.ts';
import type { UserId } from '../wire/scalars.ts';
import type { Tokens } from '../wire/session.ts';
import { type BrowserLogin, tokensFromBrowser } from './login-browser.ts';
import { tokensFromDevice } from './login-device.ts';
import { tokenClaims } from './token-claims.ts';

export type FreshSignIn = Pick<BrowserLogin, 'server' | 'note' | 'reach' | 'signal' | 'openBrowser'> & {
  me: UserId;
  /** There is no browser on this machine: a code is typed on another device. */
  remote: boolean;
};

/** The access token. @throws AuthenticationError where nobody signed in, PolicyError where somebody else did. */
export async function freshSignIn({ me, remote, openBrowser, ...login }: FreshSignIn): Promise<string> {
  const { accessToken }: Tokens = remote
    ? await tokensFromDevice({ ...login, note: inOneLine(login) })
    : await tokensFromBrowser({ ...login, openBrowser, anew: true });
  const { userId } = tokenClaims(accessToken);
  if (userId === me) return accessToken;
  if (userId === null) {
    throw new AuthenticationError('auth.unreadable-token', {
      message: `${login.server} does not say who signed in.`,
      next: 'Sign in again: aim login',
    });
  }
  // The decision would carry another person's name than the one who read the request.
  throw new PolicyError('auth.another-person', {
    message: 'Somebody else signed in in the browser than who is reviewing here. Nothing was decided.',
    next: 'Sign out in the browser, and try again.',
  });
}

/** The code first: whatever cuts the line, it is what must be read. */
function inOneLine({ server, note }: Pick<FreshSignIn, 'server' | 'note'>): (text: string) => void {
  return (text) => {
    if (/^[A-Za-z0-9-]{4,20}$/.test(text)) note(`Type the code ${text} at ${server}/device, as yourself.`);
  };
}

/** Over SSH the browser is on another machine. */
export const isRemote = (env: NodeJS.ProcessEnv): boolean =>
  Boolean(env['SSH_CONNECTION'] || env['SSH_TTY']) && !env['DISPLAY'] && !env['WAYLAND_DISPLAY'];
