// Calls to the sign-in routes: no credentials, nothing repeated that could use up a code or a token twice.

import type { SdkCredentials } from '../credentials/sdk-credentials.ts';
import { type Caller, createCaller } from '../http/caller.ts';
import { noCredentials } from '../http/credential-source.ts';
import { nodeTransport } from '../http/node-transport.ts';
import { serverAddress } from '../http/server-address.ts';
import type { Transport } from '../http/transport.ts';
import { version } from '../version.ts';
import { type Tokens, tokens } from '../wire/session.ts';
import { tokenClaims } from './token-claims.ts';

/** How a server is reached: through which proxy, with which certificates. A sign-in goes the way of every other call. */
export type Reach = (server: string) => Transport;

type AuthCallerOptions = { timeoutMs?: number; reach?: Reach | undefined };

/** @throws ConfigurationError where the address is not one. */
export function authCaller(server: string, { timeoutMs = 30_000, reach = nodeTransport }: AuthCallerOptions = {}): Caller {
  const address = serverAddress(server);
  return createCaller({
    server: address,
    transport: reach(address),
    credentials: noCredentials,
    userAgent: `aim-terminal/${version}`,
    timeoutMs,
    retries: 0,
    readOnly: false,
  });
}

/** What is kept of an answer with tokens: who it is comes from the answer, else from the token itself. */
export function credentialsOf(server: string, answer: Tokens): SdkCredentials {
  const claims = tokenClaims(answer.accessToken);
  return {
    aimUrl: server,
    refreshToken: answer.refreshToken,
    accessToken: answer.accessToken,
    userId: answer.userId ?? answer.user?.id ?? claims.userId ?? undefined,
    userEmail: answer.email ?? answer.user?.email ?? claims.email ?? undefined,
    organizationId: answer.organizationId ?? answer.user?.organizationId ?? claims.organizationId ?? undefined,
    sdkTokenId: tokenClaims(answer.refreshToken).id ?? undefined,
  };
}

export { tokens as tokensAnswer };
