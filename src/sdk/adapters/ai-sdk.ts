// Vercel AI SDK: `tools: secureAiTools(agent, tools)` puts verification in front of every tool call.

import { checkArguments, object } from '../../arguments.ts';
import { type Performer, performer, runTool, type ToolSecurity } from './tool-security.ts';

type Execute = (input: never, options: never) => unknown;
type AiTool = { execute?: Execute | undefined };

/** The same tools, each of which runs only after a yes. Tools without `execute` are the caller's to run, and stay as they are. */
export function secureAiTools<Tools extends Record<string, object>>(
  agent: Performer,
  tools: Tools,
  security: ToolSecurity = {},
): Tools {
  checkArguments('secureAiTools', { agent: performer, tools: object() }, [agent, tools]);
  const secured = Object.entries(tools).map(([name, tool]) => {
    const { execute } = tool as AiTool;
    if (typeof execute !== 'function') return [name, tool];
    const secure = (input: never, options: never) => {
      const run = () => execute.call(tool, input, options);
      return runTool(agent, 'tool', name, input, signalled(security, options), run);
    };
    const run = isGenerator(execute)
      ? async function* (input: never, options: never) {
          yield* (await secure(input, options)) as AsyncIterable<unknown>;
        }
      : async (input: never, options: never) => last(await secure(input, options));
    return [name, Object.assign(Object.create(Object.getPrototypeOf(tool)), tool, { execute: run })];
  });
  return Object.fromEntries(secured) as Tools;
}

// A generation that is aborted stops waiting for an approval as well.
function signalled(security: ToolSecurity, options: unknown): ToolSecurity {
  const signal = (options as { abortSignal?: AbortSignal } | undefined)?.abortSignal;
  return signal === undefined ? security : { ...security, signal };
}

const isGenerator = (execute: Execute): boolean =>
  Object.prototype.toString.call(execute) === '[object AsyncGeneratorFunction]';

// A tool may answer in steps, of which the last is its result; the SDK cannot see steps behind the promise that verification takes.
async function last(result: unknown): Promise<unknown> {
  if (typeof result !== 'object' || result === null || !(Symbol.asyncIterator in result)) return result;
  let latest: unknown;
  for await (const step of result as AsyncIterable<unknown>) latest = step;
  return latest;
}
