// What all adapters share: the name under which a framework's tool is verified, and how much of its input operators see.

import { callable, object } from '../../arguments.ts';
import type { VerifyOptions } from '../verification.ts';

/** What a framework’s tool is verified as, and how much of its input operators see. */
export type ToolSecurity = Omit<VerifyOptions, 'resource' | 'context'> & {
  /** Default `mcp:` or `tool:` and the tool's name. */
  capability?: string | ((tool: string) => string) | undefined;
  /** Made from the tool's input. Default: none, because an input may hold what operators must not see. */
  resource?: ((input: unknown, tool: string) => string | undefined) | undefined;
  context?: ((input: unknown, tool: string) => Readonly<Record<string, unknown>>) | undefined;
};

export type Performer = {
  performAction<Result>(capability: string, options: VerifyOptions, action: () => Result): Promise<Awaited<Result>>;
};

/** Who asks. */
export const performer = object({ performAction: callable });

/** Runs a tool's function after a yes. */
export function runTool<Result>(
  agent: Performer,
  namespace: string,
  tool: string,
  input: unknown,
  { capability, resource, context, ...options }: ToolSecurity,
  run: () => Result,
): Promise<Awaited<Result>> {
  const name =
    typeof capability === 'function'
      ? capability(tool)
      : (capability ?? `${namespace}:${tool.replace(/[^A-Za-z0-9_.-]/g, '_')}`);
  return agent.performAction(name, { ...options, resource: resource?.(input, tool), context: context?.(input, tool) }, run);
}
