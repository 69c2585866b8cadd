// Vercel AI SDK: `tools: secureAiTools(agent, tools)` puts verification in front of every tool call.

import { type Performer, runTool, type ToolSecurity } from './tool-security.ts';

type AiTool = { execute?: ((input: never, options: never) => unknown) | undefined };

/** The same tools, each of which runs only after a yes. Tools without `execute` are the caller's to run, and stay as they are. */
export function secureAiTools<Tools extends Record<string, object>>(
  agent: Performer,
  tools: Tools,
  security: ToolSecurity = {},
): Tools {
  const secured = Object.entries(tools).map(([name, tool]) => {
    const { execute } = tool as AiTool;
    if (typeof execute !== 'function') return [name, tool];
    const run = (input: never, options: never) =>
      runTool(agent, 'tool', name, input, signalled(security, options), () => execute.call(tool, input, options));
    return [name, Object.assign(Object.create(Object.getPrototypeOf(tool)), tool, { execute: run })];
  });
  return Object.fromEntries(secured) as Tools;
}

// A generation that is aborted stops waiting for an approval as well.
function signalled(security: ToolSecurity, options: unknown): ToolSecurity {
  const signal = (options as { abortSignal?: AbortSignal } | undefined)?.abortSignal;
  return signal === undefined ? security : { ...security, signal };
}
