// Notes each call of a model in the security log: which model, by which method, never what was said. It observes and blocks nothing.

import { securityLogger } from '../../security-log/configure.ts';

type Method = (...given: unknown[]) => unknown;
type Methods = Record<string, Method>;
type Observer = { agentId: string; name: string };

/** Clients of model SDKs. Each is changed in place, once; whatever it has not is left alone. */
export type ModelClients = {
  /** An `OpenAI` of the `openai` package. */
  openai?: object | undefined;
  /** An `Anthropic` of the `@anthropic-ai/sdk` package. */
  anthropic?: object | undefined;
};

const METHODS: readonly (readonly [provider: keyof ModelClients, path: readonly string[]])[] = [
  ['openai', ['chat', 'completions', 'create']],
  ['openai', ['responses', 'create']],
  ['anthropic', ['messages', 'create']],
  ['anthropic', ['messages', 'stream']],
];

const hooked = new WeakSet<Method>();

/** Gives the methods that are observed now, as `openai.chat.completions.create`. */
export function activateHooks(agent: Observer, clients: ModelClients): string[] {
  return METHODS.flatMap(([provider, path]) => {
    const method = `${provider}.${path.join('.')}`;
    const owner = ownerOf(clients[provider], path.slice(0, -1));
    const name = path.at(-1) ?? '';
    const original = owner?.[name];
    if (owner === undefined || typeof original !== 'function') return [];
    if (hooked.has(original)) return [method];
    const observed: Method = function (this: unknown, ...given) {
      note(agent, provider, method, given[0]);
      return original.apply(this, given);
    };
    hooked.add(observed);
    owner[name] = observed;
    return [method];
  });
}

function ownerOf(client: object | undefined, path: readonly string[]): Methods | undefined {
  let at: unknown = client;
  for (const name of path) at = typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[name] : undefined;
  return typeof at === 'object' && at !== null ? (at as Methods) : undefined;
}

function note({ agentId, name: agentName }: Observer, provider: string, method: string, request: unknown): void {
  const { model } = (request ?? {}) as { model?: unknown };
  const resource = `${provider}:${typeof model === 'string' ? model.slice(0, 200) : 'unknown'}`;
  securityLogger.log('AGENT', 'AGENT_ACTION', 'INFO', `Agent event: AGENT_ACTION for ${agentName}`, {
    agentId,
    agentName,
    details: { action: 'llm_call', resource, method },
  });
}
