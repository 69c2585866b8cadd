// Signs the owner of this machine in to the control plane embedded here: whoever can read its key file is its operator.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { credentialsOf, tokensAnswer } from '../../src/auth/auth-caller.ts';
import { tokenState } from '../../src/auth/token-claims.ts';
import { AuthenticationError } from '../../src/errors.ts';
import { createCaller } from '../../src/http/caller.ts';
import { type CredentialSource, noCredentials } from '../../src/http/credential-source.ts';
import { nodeTransport } from '../../src/http/node-transport.ts';
import type { Paths } from '../../src/settings/settings.ts';
import { version } from '../../src/version.ts';
import type { Tokens } from '../../src/wire/session.ts';
import { shareSignIn } from './shared-sign-in.ts';

export type LocalOperator = { email: string | null; credentials: CredentialSource };

/** Signs in, and leaves a sign-in for the SDKs of this machine where there is room for one. */
export async function signInAsLocalOperator(url: string, paths: Paths, signal: AbortSignal): Promise<LocalOperator> {
  // Not got, as for other sign-ins: this is on the way of every command on a machine with nothing configured.
  const caller = createCaller({
    server: url,
    transport: nodeTransport(url),
    credentials: noCredentials,
    userAgent: `aim-terminal/${version}`,
    timeoutMs: 10_000,
    retries: 0,
    readOnly: false,
  });
  const secret = readKey(paths.data);
  const ask = (): Promise<Tokens> =>
    caller.ask({
      method: 'POST',
      path: '/api/v1/auth/local-operator',
      body: { secret },
      schema: tokensAnswer,
      subject: 'sign-in',
      signal,
    });
  const first = await ask();
  await shareSignIn(url, paths, ask);
  return { email: credentialsOf(url, first).userEmail ?? null, credentials: renewedBy(ask, first) };
}

// No refresh token is used: the key file is the lasting secret, and every process asks for itself.
function renewedBy(ask: () => Promise<Tokens>, first: Tokens): CredentialSource {
  let token = first.accessToken;
  let asking: Promise<void> | undefined;
  const again = (): Promise<void> => {
    asking ??= ask()
      .then(({ accessToken }) => {
        token = accessToken;
      })
      .finally(() => {
        asking = undefined;
      });
    return asking;
  };
  return {
    next: 'Start aim again: the key of its control plane has changed.',
    async headersFor() {
      if (tokenState(token, Date.now() + MARGIN) === 'expired') await again();
      return { authorization: `Bearer ${token}` };
    },
    async renew(refused) {
      if (refused['authorization'] === `Bearer ${token}`) await again();
      return true;
    },
  };
}

const MARGIN = 60_000; // a call that begins with a dying token may arrive with a dead one

function readKey(folder: string): string {
  const path = join(folder, 'operator.key');
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (cause) {
    throw new AuthenticationError('embedded.key', {
      message: `The key of the embedded control plane cannot be read: ${path}`,
      next: 'It belongs to the user who started it first.',
      cause,
    });
  }
}
