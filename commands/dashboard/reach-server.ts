// The server of a dashboard, and what it needs to be reached again after an embedded control plane died.

import type { Reach } from '../../src/auth/auth-caller.ts';
import type { Api } from '../../src/http/api.ts';
import type { Account } from '../../src/wire/session.ts';
import type { ActionContext } from '../action.ts';
import type { Connection, Target } from '../connection.ts';

/** What `runDashboard` wants of a connection. */
export type ReachedParts = {
  context: ActionContext;
  api: Api;
  account: Account;
  server: string;
  embedded: boolean;
  signInEndsAt(): number | null;
  reach: Reach;
  embeddedLost?: Promise<void>;
  restartEmbedded?: () => Promise<Api>;
};

export type Reached = { parts: ReachedParts; close(): Promise<void> };

/** @throws AuthenticationError, exit 4, where nobody is signed in; RemoteError where nobody answers. */
export async function reachServer({ settings, io, signal }: Omit<ActionContext, 'api'>, target?: Target): Promise<Reached> {
  const { connect, reachWith } = await import('../connection.ts');
  const silent = { ...io, note() {} };
  const reach = (): Promise<Connection> => connect({ settings, io: silent, signal, target });
  const first = await reach();
  let connection = first;
  const { api, embedded } = first;
  const account = await api.me({ signal });
  const again = async () => {
    connection = await reach();
    return connection.api;
  };
  return {
    parts: {
      context: { settings, io, signal, api },
      api,
      account,
      server: api.server,
      embedded: embedded !== null,
      signInEndsAt: () => connection.signInEndsAt(),
      reach: reachWith(settings, silent),
      ...(embedded ? { embeddedLost: embedded.lost, restartEmbedded: again } : {}),
    },
    close: () => connection.close(),
  };
}
