// LangChain.js: `tools: secureLangChainTools(agent, tools)`; any runnable with a name and `invoke` will do.

import { type Performer, runTool, type ToolSecurity } from './tool-security.ts';

type LangChainTool = { name: string; invoke(input: never, config?: never): Promise<unknown> };

/** The same tool, whose `invoke` runs after a yes. It stays an instance of its class, as agents of LangChain ask for. */
export function secureLangChainTool<Tool extends object>(agent: Performer, tool: Tool, security: ToolSecurity = {}): Tool {
  const original = tool as unknown as LangChainTool;
  const invoke = (input: never, config?: never): Promise<unknown> => {
    const signal = (config as { signal?: AbortSignal } | undefined)?.signal;
    return runTool(
      agent,
      'tool',
      original.name,
      inputOf(input),
      signal === undefined ? security : { ...security, signal },
      () => original.invoke(input, config),
    );
  };
  return new Proxy(tool, {
    get: (target, name) => (name === 'invoke' ? invoke : bound(Reflect.get(target, name, target), target)),
  });
}

export const secureLangChainTools = <Tool extends object>(
  agent: Performer,
  tools: readonly Tool[],
  security?: ToolSecurity,
): Tool[] => tools.map((tool) => secureLangChainTool(agent, tool, security));

// Private members of a class are not reached through a proxy: its methods keep the tool itself as `this`.
const bound = (value: unknown, target: object): unknown => (typeof value === 'function' ? value.bind(target) : value);

// An agent hands over a whole tool call; the input proper is its `args`.
function inputOf(input: unknown): unknown {
  const call = input as { type?: unknown; args?: unknown } | null;
  return typeof call === 'object' && call !== null && call.type === 'tool_call' ? call.args : input;
}
