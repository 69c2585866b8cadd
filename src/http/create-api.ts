// Makes the client of one server: everything in ./api.ts, over one transport, with the caller's credentials.

import { z } from 'zod';
import { userAgent } from '../version.ts';
import { account, type Feature, type ServerStatus, serverStatus } from '../wire/session.ts';
import type { Api } from './api.ts';
import { createCaller } from './caller.ts';
import type { ConnectionOptions } from './connections.ts';
import type { CredentialSource } from './credential-source.ts';
import { nodeTransport } from './node-transport.ts';
import { refusal } from './refusal.ts';
import { agentsOf } from './resources/agents.ts';
import { alertsOf } from './resources/alerts.ts';
import { approvalsOf } from './resources/approvals.ts';
import { auditOf } from './resources/audit.ts';
import { eventsOf } from './resources/events.ts';
import { mcpOf } from './resources/mcp.ts';
import { serverAddress } from './server-address.ts';
import type { Transport } from './transport.ts';

export type CreateApiOptions = {
  server: string;
  credentials: CredentialSource;
  userAgent?: string | undefined;
  /** How long one attempt may take. Default 30. */
  timeoutSeconds?: number | undefined;
  /** How often a failed call that is safe to repeat is repeated. Default 2. */
  retries?: number | undefined;
  /** Refuse every write before it is sent. */
  readOnly?: boolean | undefined;
  /** Ends every call and stream of this client. */
  signal?: AbortSignal | undefined;
  /** Proxy, certificates. Default: what the environment says. */
  connections?: ConnectionOptions | undefined;
  /** Where requests go out. Default: the server itself, directly or through a proxy. */
  transport?: Transport | undefined;
};

/** @throws ConfigurationError `settings.server` where the address is not one. */
export function createApi(options: CreateApiOptions): Api {
  const server = serverAddress(options.server);
  const caller = createCaller({
    server,
    transport: options.transport ?? nodeTransport(server, options.connections),
    credentials: options.credentials,
    userAgent: options.userAgent ?? userAgent(),
    timeoutMs: (options.timeoutSeconds ?? 30) * 1000,
    retries: options.retries ?? 2,
    readOnly: options.readOnly ?? false,
    signal: options.signal,
  });

  let known: Promise<ServerStatus | null> | undefined;
  const status: Api['status'] = ({ signal } = {}) => {
    // A failure is not kept: the next question asks again.
    known ??= askStatus(signal).catch((error: unknown) => {
      known = undefined;
      throw error;
    });
    return known;
  };

  async function askStatus(signal: AbortSignal | undefined): Promise<ServerStatus | null> {
    const { status: code, headers, body } = await caller.raw({ path: '/api/v1/status', subject: 'status', signal });
    if (code >= 500 || code === 429) throw refusal({ status: code, headers, body, subject: 'status', server });
    // AIM's own server answers the route with another shape (recorded/auth.json): no product, no features.
    return serverStatus.safeParse(body).data ?? null;
  }

  const has = async (feature: Feature): Promise<boolean> => (await status())?.features.includes(feature) ?? false;
  const me: Api['me'] = ({ signal } = {}) =>
    caller.ask({ path: '/api/v1/auth/me', schema: meAnswer, subject: 'account', signal });
  const approvals = approvalsOf(caller);

  return {
    server,
    status,
    has,
    me,
    agents: agentsOf(caller),
    approvals,
    events: eventsOf(caller, has, approvals),
    mcp: mcpOf(caller),
    alerts: alertsOf(caller),
    audit: auditOf(caller),
    raw: (method, path, { signal, query, body, idempotencyKey, ifMatch } = {}) =>
      caller.raw({
        method,
        path: path.startsWith('/') ? path : `/${path}`,
        query,
        body,
        idempotencyKey,
        ifMatch,
        subject: 'routes',
        signal,
      }),
    onCall: caller.onCall,
  };
}

const meAnswer = z.preprocess(
  (body) => (typeof body === 'object' && body !== null && 'user' in body ? body.user : body),
  account,
);
