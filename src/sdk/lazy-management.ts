// The methods of ./management.ts before it is loaded: each loads it with its first call.

import type { Agent } from '../wire/agent.ts';
import type { AgentListing } from './management/agents.ts';
import type { Management } from './management.ts';
import type { SecretsClient } from './secrets-client.ts';

/** Every method but `mention`, in the order of the reference. */
const managementMethods = [
  'createNewAgent', 'getAgentDetails', 'updateAgent', 'deleteAgent', 'getTrustScore', 'heartbeat', 'registerCapability', 'requestCapability',
  'listCapabilities', 'rotateKeys', 'listApiKeys', 'createApiKey', 'deleteApiKey', 'registerMcpServer', 'listMcpServers', 'attestMcpServer', 'useMcpTool', 'attestIsolation',
] as const satisfies readonly (keyof Management)[]; // biome-ignore format: one table

const secretsMethods = [
  'resolve', 'use', 'createNamespace', 'listNamespaces', 'getNamespace', 'deleteNamespace', 'storeCredential', 'rotateCredential', 'getAuditLog',
] as const satisfies readonly (keyof SecretsClient)[]; // biome-ignore format: one table

export const lazySecrets = (load: () => Promise<SecretsClient>): SecretsClient =>
  lazily(once(load), secretsMethods) as SecretsClient;

export function lazyManagement(load: () => Promise<Management>): Management {
  const loaded = once(load);
  const later = lazily(loaded, managementMethods);
  const listAgents: Management['listAgents'] = (options) => {
    // Wrapped: a listing is itself a promise, and would be awaited on the way.
    const listing = loaded().then((management) => ({ started: management.listAgents(options) }));
    const page = listing.then(({ started }) => started);
    page.catch(() => {}); // heard by whoever awaits or iterates
    async function* all(): AsyncGenerator<Agent, void, void> {
      yield* (await listing).started;
    }
    return Object.assign(page, { [Symbol.asyncIterator]: all }) as AgentListing;
  };
  return {
    ...later,
    listAgents,
    mention: (capability) => void loaded().then((management) => management.mention(capability)),
  } as Management;
}

function once<Value>(load: () => Promise<Value>): () => Promise<Value> {
  let loading: Promise<Value> | undefined;
  return () => {
    loading ??= load();
    return loading;
  };
}

function lazily<Methods extends object>(loaded: () => Promise<Methods>, names: readonly (keyof Methods)[]): object {
  type Method = (...given: unknown[]) => unknown;
  return Object.fromEntries(
    names.map((name) => [name, async (...given: unknown[]) => ((await loaded())[name] as Method)(...given)]),
  );
}
