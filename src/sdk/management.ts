// What an agent can ask for beside acting: other agents, capabilities, keys, MCP servers. Each method is named as in the reference.

import type { Caller } from '../http/caller.ts';
import { AttestationCache } from './attestation-cache.ts';
import type { Link } from './link.ts';
import { type AgentManagement, agentsOfClient } from './management/agents.ts';
import { type Capabilities, capabilitiesOf } from './management/capabilities.ts';
import { type IsolationManagement, isolationOf } from './management/isolation.ts';
import { type KeyManagement, keysOf } from './management/keys.ts';
import { type McpManagement, mcpServersOf } from './management/mcp-servers.ts';

export type Management = AgentManagement & Capabilities & IsolationManagement & KeyManagement & McpManagement;

export type ManagementOptions = { declared: readonly string[]; folder?: string | undefined };

export function createManagement(caller: Caller, link: Link, { declared, folder }: ManagementOptions): Management {
  const { identity } = link;
  let cache: AttestationCache | undefined;
  const attestations = (): AttestationCache => {
    cache ??= new AttestationCache({ agentId: identity.agentId, folder });
    return cache;
  };
  return {
    ...agentsOfClient(caller, identity.agentId, folder),
    ...capabilitiesOf(caller, identity.agentId, declared),
    ...keysOf(caller, identity, link.agentName, folder),
    ...isolationOf(caller, identity, link.clock.now),
    ...mcpServersOf(caller, identity, link.clock.now, attestations),
  };
}
