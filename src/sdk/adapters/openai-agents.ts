// OpenAI Agents SDK: `tools: secureOpenAiTools(agent, tools)` for its function tools; hosted tools run elsewhere and stay as they are.

import { type Performer, runTool, type ToolSecurity } from './tool-security.ts';

type FunctionTool = {
  type?: string;
  name?: string;
  invoke?: (context: never, input: string, details?: never) => Promise<unknown>;
};

export function secureOpenAiTool<Tool extends object>(agent: Performer, tool: Tool, security: ToolSecurity = {}): Tool {
  const { name, invoke } = tool as FunctionTool;
  if (invoke === undefined || name === undefined) return tool;
  const run = (context: never, input: string, details?: never) =>
    runTool(agent, 'tool', name, parsed(input), security, () => invoke.call(tool, context, input, details));
  return { ...tool, invoke: run };
}

export const secureOpenAiTools = <Tool extends object>(
  agent: Performer,
  tools: readonly Tool[],
  security?: ToolSecurity,
): Tool[] => tools.map((tool) => secureOpenAiTool(agent, tool, security));

function parsed(input: string): unknown {
  try {
    return JSON.parse(input);
  } catch {
    return input;
  }
}
