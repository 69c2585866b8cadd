// Signs the owner of this machine in to the control plane embedded here: whoever can read its key file is its operator.
// The key is never sent. The server proves first that it holds it, then the operator does.

import { credentialsOf, tokensAnswer } from '../../src/auth/auth-caller.ts';
import { tokenState } from '../../src/auth/token-claims.ts';
import { operatorProof } from '../../src/crypto/operator-proof.ts';
import { AuthenticationError, RemoteError } from '../../src/errors.ts';
import { createCaller } from '../../src/http/caller.ts';
import { type CredentialSource, noCredentials } from '../../src/http/credential-source.ts';
import { nodeTransport } from '../../src/http/node-transport.ts';
import type { Paths } from '../../src/settings/settings.ts';
import { version } from '../../src/version.ts';
import type { Tokens } from '../../src/wire/session.ts';
import { challenge } from './challenge.ts';
import { operatorKey, operatorKeyFile } from './operator-key.ts';
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
  const key = readKey(paths.data);
  const ask = async (lasting: boolean): Promise<Tokens> => {
    const proven = await challenge(url, key);
    if (proven === null) throw notOurs(url);
    const { clientNonce, serverNonce } = proven;
    return caller.ask({
      method: 'POST',
      path: '/api/v1/auth/local-operator',
      body: { clientNonce, serverNonce, proof: operatorProof(key, 'operator', proven), lasting },
      schema: tokensAnswer,
      subject: 'sign-in',
      signal,
    });
  };
  const first = await ask(false);
  await shareSignIn(url, paths, () => ask(true));
  return { email: credentialsOf(url, first).userEmail ?? null, credentials: renewedBy(() => ask(false), first) };
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
  const key = operatorKey(folder);
  if (key !== null) return key;
  throw new AuthenticationError('embedded.key', {
    message: `The key of the embedded control plane cannot be read: ${operatorKeyFile(folder)}`,
    next: 'It belongs to the user who started it first.',
  });
}

// Of the same kind as one that has just ended: then a new one is started, at another port.
const notOurs = (url: string) =>
  new RemoteError('embedded.gone', {
    message: `What listens at ${url} is not the embedded control plane of this user; nothing was sent to it.`,
    next: 'Run the command again: it starts a new one.',
  });
