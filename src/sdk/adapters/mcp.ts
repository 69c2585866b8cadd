// MCP servers: `server.registerTool(name, definition, secureMcpHandler(agent, name, handler))`; a refusal becomes a tool error that the model can read.

import { callable, checkArguments, label } from '../../arguments.ts';
import { ActionDeniedError, VerificationError } from '../../errors.ts';
import { type Performer, performer, runTool, type ToolSecurity } from './tool-security.ts';

type Refusal = { isError: true; content: { type: 'text'; text: string }[] };

/** The same handler, which runs only after a yes. */
export function secureMcpHandler<Args extends unknown[], Result>(
  agent: Performer,
  tool: string,
  handler: (...args: Args) => Result,
  security: ToolSecurity = {},
): (...args: Args) => Promise<Awaited<Result> | Refusal> {
  checkArguments('secureMcpHandler', { agent: performer, tool: label, handler: callable }, [agent, tool, handler]);
  return async (...args): Promise<Awaited<Result> | Refusal> => {
    const signal = (args.at(-1) as { signal?: AbortSignal } | undefined)?.signal;
    try {
      return await runTool(
        agent,
        'mcp',
        tool,
        args[0],
        signal instanceof AbortSignal ? { ...security, signal } : security,
        () => handler(...args),
      );
    } catch (error) {
      if (!(error instanceof ActionDeniedError || error instanceof VerificationError)) throw error;
      return { isError: true, content: [{ type: 'text', text: error.message }] };
    }
  };
}
