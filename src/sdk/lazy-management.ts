// The methods of ./management.ts before it is loaded: each looks at its arguments, and loads it with its first call.

import { type Check, checkArguments } from '../arguments.ts';
import type { Agent } from '../wire/agent.ts';
import type { AgentListing } from './management/agents.ts';
import type { Management } from './management.ts';
import { listingArguments, managementArguments, secretsArguments } from './management-arguments.ts';
import type { SecretsClient } from './secrets-client.ts';

export const lazySecrets = (load: () => Promise<SecretsClient>): SecretsClient =>
  lazily(once(load), secretsArguments) as SecretsClient;

export function lazyManagement(load: () => Promise<Management>): Management {
  const loaded = once(load);
  const later = lazily(loaded, managementArguments);
  const listAgents: Management['listAgents'] = (options) => {
    // Wrapped: a listing is itself a promise, and would be awaited on the way.
    const listing = loaded().then((management) => {
      checkArguments('listAgents', listingArguments, [options]);
      return { started: management.listAgents(options) };
    });
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

function lazily<Methods extends object>(
  loaded: () => Promise<Methods>,
  methods: Readonly<Partial<Record<keyof Methods, Readonly<Record<string, Check>>>>>,
): object {
  type Method = (...given: unknown[]) => unknown;
  return Object.fromEntries(
    Object.entries(methods).map(([name, checks]) => [
      name,
      async (...given: unknown[]) => {
        checkArguments(name, checks as Readonly<Record<string, Check>>, given);
        return ((await loaded())[name as keyof Methods] as Method)(...given);
      },
    ]),
  );
}
