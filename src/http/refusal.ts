// What a refusing answer of a server means to us: one status, one kind of error (wire-agents §10), in the server's words where it has some.

import { type AIMError, AuthenticationError, ExitCode, PolicyError, RemoteError, UsageError } from '../errors.ts';
import { camelMembers } from '../wire/member-names.ts';
import { readRetryAfter } from './backoff.ts';
import { reasonCode, serverWords } from './server-words.ts';

export type Refusal = {
  status: number;
  headers: Readonly<Record<string, string>>;
  /** Parsed where it was JSON, else undefined. */
  body: unknown;
  /** What was asked for, as an error names it: `agent`, `approvals`. */
  subject: string;
  server: string;
  /** What to do when the server does not accept our credentials. */
  signIn?: string | undefined;
  requestId?: string | undefined;
};

/** The error for an answer outside 2xx. */
export function refusal(refused: Refusal): AIMError {
  const { status, headers, body, subject, server, requestId } = refused;
  const words = serverWords(body);
  const said = words === null ? '.' : `: ${words}`;
  const shared = { requestId };
  if (status === 401) {
    return new AuthenticationError('auth.refused', {
      ...shared,
      message: `${server} does not accept the sign-in${said}`,
      next: refused.signIn ?? 'Sign in again: aim login',
    });
  }
  if (status === 403) {
    return new PolicyError(policyCode(body, 'policy.forbidden'), {
      ...shared,
      message: words === null ? `${server} does not allow this.` : words,
      next: 'Somebody with a higher role can do it: aim whoami shows yours.',
    });
  }
  if (isMissingRoute(status, body)) {
    return new RemoteError(`${subject}.unsupported`, {
      ...shared,
      message: `The server at ${server} has no ${subject}: its version does not know the route.`,
      next: 'An upgrade of the server adds it; aim serve has it.',
    });
  }
  if (status === 404) {
    return new UsageError(`${singular(subject)}.not-found`, {
      ...shared,
      message:
        subject === 'routes' ? `There is no such thing on ${server}.` : `There is no such ${spoken(subject)} on ${server}.`,
      exitCode: ExitCode.NotFound,
    });
  }
  if (status === 409) {
    return new PolicyError(policyCode(body, 'policy.conflict'), {
      ...shared,
      message: words ?? `${server} refused because the ${singular(subject)} has changed or exists already.`,
      exitCode: ExitCode.Conflict,
      current: currentOf(body),
    });
  }
  if (status === 429) {
    const retryAfterMs = readRetryAfter(headers['retry-after']);
    const retryAfter = retryAfterMs === undefined ? undefined : Math.ceil(retryAfterMs / 1000);
    return new RemoteError('remote.rate-limited', {
      ...shared,
      message: `${server} asks for fewer requests${said}`,
      next: retryAfter === undefined ? 'Try again in a minute.' : `Try again in ${retryAfter} s.`,
      exitCode: ExitCode.RateLimited,
      retryAfter,
    });
  }
  if (status >= 500) {
    return new RemoteError('remote.server-error', {
      ...shared,
      message: `${server} failed with status ${status}${said}`,
      next: 'Try again; if it stays, look into the log of the server.',
    });
  }
  if (status >= 300 && status < 400) return redirected(refused);
  if (status >= 400) {
    return new UsageError(policyCode(body, 'request.invalid'), {
      ...shared,
      message: `${server} does not accept the request${said}`,
    });
  }
  return new RemoteError('remote.unexpected-status', { ...shared, message: `${server} answered with status ${status}.` });
}

// The framework's own 404 and 405, as opposed to a route that looked and found nothing (wire-agents §1.3).
function isMissingRoute(status: number, body: unknown): boolean {
  if (status === 405 || status === 501) return true;
  if (status !== 404) return false;
  if (typeof body !== 'object' || body === null) return true;
  const { error, message } = body as { error?: unknown; message?: unknown };
  return error === true || (typeof message === 'string' && /^(Cannot [A-Z]+ \/|Route [A-Z]+:)/.test(message));
}

// Followed nowhere: a redirect would carry a token to a host that nobody chose.
function redirected({ headers, server, requestId }: Refusal): RemoteError {
  const target = URL.parse(headers['location'] ?? '', server);
  return new RemoteError('remote.redirected', {
    message: `${server} redirects ${target === null ? 'elsewhere' : `to ${target.origin}`}, which is not followed: a sign-in belongs to one server.`,
    next: 'Give the address of the API itself, not of its dashboard or of a proxy in front.',
    requestId,
  });
}

function policyCode(body: unknown, otherwise: string): string {
  const word = reasonCode(body);
  return word === null
    ? otherwise
    : `policy.${word
        .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
        .replace(/_/g, '-')
        .toLowerCase()}`;
}

function currentOf(body: unknown): unknown {
  return (camelMembers(body) as { current?: unknown } | undefined)?.current ?? undefined;
}

const SINGULAR: Record<string, string> = { policies: 'policy', routes: 'route', status: 'status', analytics: 'analytics' };
const singular = (subject: string): string => SINGULAR[subject] ?? subject.replace(/s$/, '');
/** As a sentence says it: `MCP server`. */
const spoken = (subject: string): string =>
  singular(subject).replace(/^mcp-/, 'MCP ').replace(/^api-/, 'API ').replaceAll('-', ' ');
