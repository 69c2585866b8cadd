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
    const signal = signalOf(args.at(-1));
    // A tool that takes nothing is called with its surroundings alone.
    const input = signal !== undefined && args.length === 1 ? undefined : args[0];
    try {
      return await runTool(agent, 'mcp', tool, input, signal === undefined ? security : { ...security, signal }, () =>
        handler(...args),
      );
    } catch (error) {
      if (!(error instanceof ActionDeniedError || error instanceof VerificationError)) throw error;
      return { isError: true, content: [{ type: 'text', text: error.message }] };
    }
  };
}

type Surroundings = { signal?: unknown; mcpReq?: { signal?: unknown } } | null | undefined;

/** What ends when the client cancels its call: version 1 of the MCP SDK has it in one place, version 2 in another. */
function signalOf(surroundings: unknown): AbortSignal | undefined {
  const { signal, mcpReq } = (surroundings as Surroundings) ?? {};
  return [signal, mcpReq?.signal].find((one) => one instanceof AbortSignal);
}
