// How a verb reaches its server: the configured one with its sign-in, or the embedded control plane, started for as long as it is needed.

import { AuthenticationError } from '../src/errors.ts';
import type { Api } from '../src/http/api.ts';
import type { Settings } from '../src/settings/settings.ts';
import type { Io } from './action.ts';

export type Connection = {
  api: Api;
  /** Lets go of the embedded control plane, if this was one. */
  close(): Promise<void>;
};

export async function connect(_: { settings: Settings; io: Pick<Io, 'env' | 'note'>; signal: AbortSignal }): Promise<Connection> {
  throw new AuthenticationError('auth.none', { message: 'Nobody is signed in.', next: 'Sign in: aim login' });
}
