// OpenAI Agents SDK: `tools: secureOpenAiTools(agent, tools)` for its function tools; hosted tools run elsewhere and stay as they are.

import { checkArguments, listOf, object } from '../../arguments.ts';
import { ActionDeniedError, ConfigurationError, VerificationError } from '../../errors.ts';
import { type Performer, performer, runTool, type ToolSecurity } from './tool-security.ts';

type FunctionTool = {
  type?: string;
  name?: string;
  outputSchema?: unknown;
  invoke?: (context: never, input: string, details?: never) => Promise<unknown>;
};

/**
 * The same tool, which runs after a yes. A refusal becomes its answer, in words that the model can read, as its errors do by default.
 * @throws ConfigurationError for a tool that acts on this machine without an `invoke` (shell, computer, apply_patch).
 */
export function secureOpenAiTool<Tool extends object>(agent: Performer, tool: Tool, security: ToolSecurity = {}): Tool {
  const { name, type, invoke, outputSchema } = tool as FunctionTool;
  if (type === 'hosted_tool') return tool;
  if (typeof invoke !== 'function' || name === undefined) throw cannot(tool as FunctionTool);
  const run = async (context: never, input: string, details?: never): Promise<unknown> => {
    const signal = (details as { signal?: AbortSignal } | undefined)?.signal;
    let ran = false;
    try {
      return await runTool(
        agent,
        'tool',
        name,
        parsed(input),
        signal === undefined ? security : { ...security, signal },
        () => {
          ran = true;
          return invoke.call(tool, context, input, details);
        },
      );
    } catch (error) {
      const isRefusal = error instanceof ActionDeniedError || error instanceof VerificationError;
      // Its own failures are its own; and a tool that promises a shape cannot answer in words.
      if (ran || !isRefusal || outputSchema !== undefined) throw error;
      return error.message;
    }
  };
  return { ...tool, invoke: run };
}

/** `secureOpenAiTool` for each of them. @throws ConfigurationError */
export const secureOpenAiTools = <Tool extends object>(
  agent: Performer,
  tools: readonly Tool[],
  security?: ToolSecurity,
): Tool[] => {
  checkArguments('secureOpenAiTools', { agent: performer, tools: listOf(object()) }, [agent, tools]);
  return tools.map((tool) => secureOpenAiTool(agent, tool, security));
};

function parsed(input: string): unknown {
  try {
    return JSON.parse(input);
  } catch {
    return input;
  }
}

function cannot({ type, name }: FunctionTool): ConfigurationError {
  return new ConfigurationError('tool.not-secured', {
    message: `The tool ${name ?? type ?? 'without a name'} runs here, but not through a function that could be put behind verification.`,
    next: 'Put what it does behind one: agent.action(capability)(function)',
  });
}
