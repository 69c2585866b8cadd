// Notes each call of a model in the security log: which model, by which method, never what was said. It observes and blocks nothing.

import { hookCallbackManager } from './langchain-callbacks.ts';
import { noteAction, type Observer } from './note-action.ts';

type Method = (...given: unknown[]) => unknown;
type Methods = Record<string, Method>;

/** Clients of model SDKs. Each is changed in place, once; whatever it has not is left alone. */
export type ModelClients = {
  /** An `OpenAI` of the `openai` package. */
  openai?: object | undefined;
  /** An `Anthropic` of the `@anthropic-ai/sdk` package. */
  anthropic?: object | undefined;
  /** The `CallbackManager` class of `@langchain/core/callbacks/manager`: every chain, model and tool is observed. */
  langchain?: object | undefined;
};

const METHODS: readonly (readonly [provider: 'openai' | 'anthropic', path: readonly string[]])[] = [
  ['openai', ['chat', 'completions', 'create']],
  ['openai', ['responses', 'create']],
  ['anthropic', ['messages', 'create']],
  ['anthropic', ['messages', 'stream']],
];

const hooked = new WeakSet<Method>();

/** Gives the methods that are observed now, as `openai.chat.completions.create`. */
export function activateHooks(agent: Observer, clients: ModelClients): string[] {
  const observed = METHODS.flatMap(([provider, path]) => {
    const method = `${provider}.${path.join('.')}`;
    const owner = ownerOf(clients[provider], path.slice(0, -1));
    const name = path.at(-1) ?? '';
    const original = owner?.[name];
    if (owner === undefined || typeof original !== 'function') return [];
    if (hooked.has(original)) return [method];
    const noted: Method = function (this: unknown, ...given) {
      const { model } = (given[0] ?? {}) as { model?: unknown };
      const resource = `${provider}:${typeof model === 'string' ? model.slice(0, 200) : 'unknown'}`;
      noteAction(agent, { action: 'llm_call', resource, method });
      return original.apply(this, given);
    };
    hooked.add(noted);
    owner[name] = noted;
    return [method];
  });
  const { langchain } = clients;
  return langchain !== undefined && hookCallbackManager(agent, langchain) ? [...observed, 'langchain.callbacks'] : observed;
}

function ownerOf(client: object | undefined, path: readonly string[]): Methods | undefined {
  let at: unknown = client;
  for (const name of path) at = typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[name] : undefined;
  return typeof at === 'object' && at !== null ? (at as Methods) : undefined;
}
