// What went wrong at the proxy rather than at the server behind it, as an error that names the proxy.

import { RemoteError } from '../errors.ts';

/** Null where it was not the proxy. `proxy` is its host, without what signs in to it. */
export function proxyFailure(error: unknown, proxy: string, where: string): RemoteError | null {
  const { code = '', statusCode } = (typeof error === 'object' && error !== null ? error : {}) as {
    code?: string;
    statusCode?: number;
  };
  if (code === 'ERR_PROXY_TUNNEL')
    return statusCode === 407 ? wantsSignIn(proxy, error) : refuses(proxy, where, statusCode, error);
  if (!/^(ECONNREFUSED|ENOTFOUND|EAI_\w+|EHOSTUNREACH|ENETUNREACH)$/.test(code)) return null;
  return new RemoteError('remote.proxy', {
    message: `The proxy ${proxy} cannot be reached (${code}); it stands between here and ${where}.`,
    next: 'Correct HTTPS_PROXY or the setting proxy, or except the server: NO_PROXY.',
    cause: error,
  });
}

/** The answer 407, which is never the server's. */
export const wantsSignIn = (proxy: string, cause?: unknown): RemoteError =>
  new RemoteError('remote.proxy-sign-in', {
    message: `The proxy ${proxy} asks for a name and a password, or does not accept those that it got.`,
    next: 'Put them into HTTPS_PROXY or HTTP_PROXY: http://NAME:PASSWORD@HOST:PORT',
    cause,
  });

const refuses = (proxy: string, where: string, status: number | undefined, cause: unknown): RemoteError =>
  new RemoteError('remote.proxy', {
    message: `The proxy ${proxy} does not let through to ${where}${status === undefined ? '' : ` (status ${status})`}.`,
    next: 'Ask who keeps the proxy, or except the server: NO_PROXY.',
    cause,
  });
