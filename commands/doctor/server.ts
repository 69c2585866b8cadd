// The half of `aim doctor` that asks the server: is it there, what is it, does its clock agree, is the sign-in good.

import { AIMError } from '../../src/errors.ts';
import { asUntrusted } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import type { ActionContext } from '../action.ts';
import { chooseServer, connect } from '../connection.ts';
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
    return await askServer(context);
  } catch (error) {
    return [failure('server', error)];
  }
}

async function askServer(context: ActionContext): Promise<Finding[]> {
  const { api, close, expiresAt } = await connect(context);
  const { signal } = context;
  try {
    const [status, me] = await Promise.allSettled([api.status({ signal }), api.me({ signal })]);
    return [
      status.status === 'rejected' ? failure('server', status.reason) : reached(api.server, status.value),
      ...(status.status === 'fulfilled' && status.value !== null ? [clock(Date.parse(status.value.time) - Date.now())] : []),
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
  fix: error instanceof AIMError && error.next !== undefined ? visible(error.next) : 'aim status --json says more',
});
