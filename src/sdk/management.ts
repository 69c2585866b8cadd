// What an agent can ask for beside acting: other agents, capabilities, keys. Each method is one call, named as in the reference.

import { createCaller } from '../http/caller.ts';
import type { CredentialSource } from '../http/credential-source.ts';
import { type Link, sdkUserAgent } from './link.ts';
import { type Capabilities, capabilitiesOf } from './management/capabilities.ts';

export type Management = Capabilities;

export function createManagement(link: Link, credentials: CredentialSource, declared: readonly string[]): Management {
  const caller = createCaller({
    server: link.server,
    transport: link.transport,
    credentials,
    userAgent: sdkUserAgent,
    timeoutMs: 30_000,
    retries: link.retries,
    readOnly: false,
  });
  return { ...capabilitiesOf(caller, link.identity.agentId, declared) };
}
