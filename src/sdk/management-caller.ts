// How management calls go out: over the agent's connections, for whoever the server accepts.

import { type Caller, createCaller } from '../http/caller.ts';
import type { CredentialSource } from '../http/credential-source.ts';
import { type Link, sdkUserAgent } from './link.ts';

export function managementCaller(link: Link, credentials: CredentialSource): Caller {
  const { server, transport, timeoutMs, retries } = link;
  return createCaller({ server, transport, credentials, userAgent: sdkUserAgent, timeoutMs, retries, readOnly: false });
}
