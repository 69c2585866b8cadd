// The half of `aim doctor` that asks the server: is it there, what is it, does its clock agree, is the sign-in good.

import { AIMError, AuthenticationError } from '../../src/errors.ts';
import type { Api } from '../../src/http/api.ts';
import { createApi } from '../../src/http/create-api.ts';
import { noCredentials } from '../../src/http/credential-source.ts';
import { asUntrusted } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import type { ActionContext } from '../action.ts';
import { type Connection, chooseServer, connect, type Target, transportTo } from '../connection.ts';
import { findEndpoint } from '../embedded/endpoint.ts';
import type { Finding } from './actions.ts';

export async function checkServer(context: ActionContext): Promise<Finding[]> {
  const { settings, io } = context;
  try {
    const target = await chooseServer(settings, io.env);
    if (target.kind === 'embedded') {
      const running = await findEndpoint(settings.paths.data);
      // A look must not start one.
      if (running === null)
        return [
          {
            check: 'server',
            state: 'ok',
            finding: 'none configured: the embedded control plane starts when it is needed',
            fix: null,
          },
        ];
    }
    return await askServer(context, target);
  } catch (error) {
    return [failure(error instanceof AuthenticationError ? 'sign-in' : 'server', error)];
  }
}

async function askServer(context: ActionContext, target: Target): Promise<Finding[]> {
  let connection: Connection;
  try {
    const { settings, io, signal } = context;
    connection = await connect({ settings, io, signal, target });
  } catch (error) {
    if (!(error instanceof AuthenticationError) || target.kind === 'embedded') throw error;
    // Who is not signed in wants to know as well whether there is a server to sign in to.
    const api = unsignedApi(target.server, context);
    return [...(await statusOf(api, context)), failure('sign-in', error)];
  }
  const { api, close, expiresAt } = connection;
  try {
    const [status, me] = await Promise.allSettled([statusOf(api, context), api.me({ signal: context.signal })]);
    return [
      ...(status.status === 'fulfilled' ? status.value : [failure('server', status.reason)]),
      me.status === 'rejected'
        ? failure('sign-in', me.reason)
        : {
            check: 'sign-in',
            state: 'ok',
            finding: `${visible(me.value.email)}, ${me.value.role}${expiresAt === null ? '' : `; its token is renewed before ${expiresAt}`}`,
            fix: null,
          },
    ];
  } finally {
    await close();
  }
}

async function statusOf(api: Api, { signal }: ActionContext): Promise<Finding[]> {
  try {
    const status = await api.status({ signal });
    return [reached(api.server, status), ...(status === null ? [] : [clock(Date.parse(status.time) - Date.now())])];
  } catch (error) {
    return [failure('server', error)];
  }
}

const unsignedApi = (server: string, { settings, io, signal }: ActionContext): Api =>
  createApi({
    server,
    credentials: noCredentials,
    timeoutSeconds: settings.get('timeoutSeconds'),
    retries: 0,
    signal,
    transport: transportTo(server, settings, io.env),
  });

const reached = (server: string, status: { product: string; version: string } | null): Finding => ({
  check: 'server',
  state: 'ok',
  finding:
    status === null
      ? `${server} answers; it is AIM's own, without the features that aim serve adds`
      : `${server}: ${visible(asUntrusted(`${status.product} ${status.version}`))}`,
  fix: null,
});

function clock(difference: number): Finding {
  const seconds = Math.round(difference / 1000);
  if (Math.abs(seconds) <= TOLERANCE)
    return { check: 'clock', state: 'ok', finding: `${seconds} s from the server's`, fix: null };
  return {
    check: 'clock',
    state: Math.abs(seconds) > REFUSED ? 'failed' : 'warning',
    finding: `${seconds} s from the server's`,
    fix: 'Set this machine’s clock (NTP): signatures are refused when it is off by more than 5 minutes',
  };
}

const TOLERANCE = 30;
const REFUSED = 300;

const failure = (check: string, error: unknown): Finding => ({
  check,
  state: 'failed',
  finding: error instanceof AIMError ? visible(error.message) : String(error),
  fix:
    error instanceof AIMError && error.code === 'remote.refused'
      ? 'Start it where it runs: aim serve. Or name another: aim login --server URL'
      : error instanceof AIMError && error.next !== undefined
        ? visible(error.next)
        : 'aim status --json says more',
});
