// The methods of ./management.ts before it is loaded: each loads it with its first call.

import type { Agent } from '../wire/agent.ts';
import type { AgentListing } from './management/agents.ts';
import type { Management } from './management.ts';

/** Every method but `mention`, in the order of the reference. */
const managementMethods = [
  'createNewAgent', 'getAgentDetails', 'updateAgent', 'deleteAgent', 'getTrustScore', 'heartbeat', 'registerCapability', 'requestCapability',
  'listCapabilities', 'rotateKeys', 'listApiKeys', 'createApiKey', 'deleteApiKey', 'registerMcpServer', 'listMcpServers', 'attestMcpServer', 'useMcpTool', 'attestIsolation',
] as const satisfies readonly (keyof Management)[]; // biome-ignore format: one table

export function lazyManagement(load: () => Promise<Management>): Management {
  let loading: Promise<Management> | undefined;
  const loaded = (): Promise<Management> => {
    loading ??= load();
    return loading;
  };
  const later = Object.fromEntries(
    managementMethods.map((name) => [
      name,
      async (...given: unknown[]) => ((await loaded())[name] as (...given: unknown[]) => unknown)(...given),
    ]),
  );
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
