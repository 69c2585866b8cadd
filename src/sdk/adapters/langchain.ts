// LangChain.js: `tools: secureLangChainTools(agent, tools)`; tools of its classes, and any runnable with a name and `invoke`.

import { checkArguments, listOf, object } from '../../arguments.ts';
import { ConfigurationError } from '../../errors.ts';
import { type Performer, performer, runTool, type ToolSecurity } from './tool-security.ts';

type Runs = (...given: never[]) => unknown;
type LangChainTool = { name: string; _call?: Runs } & Record<string, unknown>;

/**
 * Puts verification into the tool itself, and gives the same tool back: however a chain comes to run it (`invoke`, `batch`, `stream`,
 * a binding around it), it runs after a yes.
 * @throws ConfigurationError for what has no `invoke`, cannot be changed, or is secured for another agent already.
 */
export function secureLangChainTool<Tool extends object>(agent: Performer, tool: Tool, security: ToolSecurity = {}): Tool {
  const owner = secured.get(tool);
  if (owner === agent) return tool;
  const original = tool as unknown as LangChainTool;
  if (owner !== undefined) throw cannot(original, 'belongs to another agent already');
  if (typeof original._call !== 'function' && typeof original['invoke'] !== 'function')
    throw cannot(original, 'has neither _call nor invoke');
  const guarded = Object.entries(typeof original._call === 'function' ? CLASS_TOOL : RUNNABLE).flatMap(([name, guard]) => {
    const run = original[name];
    return typeof run === 'function' ? [[name, guard(agent, tool, run as Runs, security)] as const] : [];
  });
  try {
    for (const [name, value] of guarded) Object.defineProperty(tool, name, { value, writable: true, configurable: true });
  } catch {
    throw cannot(original, 'is frozen');
  }
  secured.set(tool, agent);
  return tool;
}

/** `secureLangChainTool` for each of them. @throws ConfigurationError */
export const secureLangChainTools = <Tool extends object>(
  agent: Performer,
  tools: readonly Tool[],
  security?: ToolSecurity,
): Tool[] => {
  checkArguments('secureLangChainTools', { agent: performer, tools: listOf(object()) }, [agent, tools]);
  return tools.map((tool) => secureLangChainTool(agent, tool, security));
};

const secured = new WeakMap<object, Performer>();

type Guard = (agent: Performer, tool: object, run: Runs, security: ToolSecurity) => (...given: unknown[]) => unknown;

// Everything that a tool of LangChain's classes does ends in `_call(input, runManager, config)`.
const CLASS_TOOL: Record<string, Guard> = {
  _call:
    (agent, tool, run, security) =>
    (...given) =>
      verified(agent, tool, given[0], given[2], security, () => run.apply(tool, given as never[])),
};

// A bare runnable hands `batch` and `stream` to what it is bound to, past its own `invoke`: each way in is guarded.
const once: Guard =
  (agent, tool, run, security) =>
  (...given) =>
    verified(agent, tool, inputOf(given[0]), given[1], security, () => run.apply(tool, given as never[]));
const each: Guard =
  (_agent, tool) =>
  (...given) => {
    const [inputs, config] = given as [unknown[], unknown];
    const { invoke } = tool as { invoke(input: unknown, config: unknown): unknown };
    return Promise.all(inputs.map((input, index) => invoke(input, Array.isArray(config) ? config[index] : config)));
  };
const never: Guard = (_agent, tool) => () => {
  throw cannot(tool as LangChainTool, 'can be secured for invoke, batch and stream only');
};
const RUNNABLE: Record<string, Guard> = {
  invoke: once,
  stream: once,
  batch: each,
  transform: never,
  streamEvents: never,
  streamLog: never,
};

function verified(
  agent: Performer,
  tool: object,
  input: unknown,
  config: unknown,
  security: ToolSecurity,
  run: () => unknown,
): Promise<unknown> {
  const signal = (config as { signal?: AbortSignal } | undefined)?.signal;
  const { name } = tool as LangChainTool;
  return runTool(agent, 'tool', name, input, signal === undefined ? security : { ...security, signal }, run);
}

// An agent hands over a whole tool call; the input proper is its `args`.
function inputOf(input: unknown): unknown {
  const call = input as { type?: unknown; args?: unknown } | null;
  return typeof call === 'object' && call !== null && call.type === 'tool_call' ? call.args : input;
}

function cannot({ name }: { name?: unknown }, because: string): ConfigurationError {
  return new ConfigurationError('tool.not-secured', {
    message: `The tool ${typeof name === 'string' ? `"${name}" ` : ''}${because}, so it cannot be put behind verification.`,
    next: 'Wrap the function that it runs: agent.action(capability)(function)',
  });
}
