// What LangChain.js does, noted in the security log: which tool and which model ran, and which tool failed. It observes and blocks nothing.

import { noteAction, type Observer } from './note-action.ts';

type Named = { name?: unknown; id?: unknown } | null | undefined;

/** Handlers as LangChain.js takes them: `callbacks: [langChainCallbacks(agent)]`. */
export type LangChainCallbacks = {
  name: string;
  handleToolStart(
    tool: Named,
    input: unknown,
    runId: string,
    parentRunId?: string,
    tags?: string[],
    metadata?: Record<string, unknown>,
    runName?: string,
  ): void;
  handleToolEnd(output: unknown, runId: string): void;
  handleToolError(error: unknown, runId: string): void;
  handleChatModelStart: ModelStart;
  handleLLMStart: ModelStart;
};

type ModelStart = (
  model: Named,
  input: unknown,
  runId: string,
  parentRunId?: string,
  extra?: Record<string, unknown>,
  tags?: string[],
  metadata?: Record<string, unknown>,
) => void;

const MOST_RUNNING = 1_000; // a run that never ends, as where its process of its own died, is not kept for ever

/** Callbacks for one chain, model or tool. For all of them at once: `activateHooks(agent, { langchain: CallbackManager })`. */
export function langChainCallbacks(agent: Observer): LangChainCallbacks {
  const running = new Map<string, string>();
  const modelStarted: ModelStart = (model, _input, _runId, _parentRunId, extra, _tags, metadata) => {
    const parameters = extra?.['invocation_params'] as { model?: unknown; model_name?: unknown } | undefined;
    const name = [metadata?.['ls_model_name'], parameters?.model, parameters?.model_name, lastOf(model?.id)].find(isName);
    noteAction(agent, { action: 'llm_call', resource: `langchain:${name ?? 'unknown'}`, method: 'langchain.model' });
  };
  return {
    name: HANDLER,
    handleToolStart(tool, _input, runId, _parentRunId, _tags, _metadata, runName) {
      const resource = `langchain:${[runName, tool?.name, lastOf(tool?.id)].find(isName) ?? 'unknown'}`;
      const [oldest] = running.keys();
      if (running.size >= MOST_RUNNING && oldest !== undefined) running.delete(oldest);
      running.set(runId, resource);
      noteAction(agent, { action: 'tool_call', resource, method: 'langchain.tool' });
    },
    handleToolEnd: (_output, runId) => void running.delete(runId),
    handleToolError(error, runId) {
      const resource = running.get(runId) ?? 'langchain:unknown';
      running.delete(runId);
      // The kind of the error alone: its message may hold what the tool worked on.
      noteAction(agent, {
        action: 'tool_call',
        resource,
        method: 'langchain.tool',
        failed: error instanceof Error ? error.name : 'error',
      });
    },
    handleChatModelStart: modelStarted,
    handleLLMStart: modelStarted,
  };
}

type Manager = { handlers: { name?: string }[]; addHandler(handler: unknown, inherit?: boolean): void };
type Configure = (...given: unknown[]) => Manager | undefined;
type ManagerClass = {
  new (): Manager;
  fromHandlers(handlers: unknown): Manager;
  _configureSync?: Configure;
};

const HANDLER = 'aim_callbacks';
const hooked = new WeakSet<object>();

/** Puts the callbacks into every manager that this class configures. False for what is no `CallbackManager` of LangChain.js. */
export function hookCallbackManager(agent: Observer, given: object): boolean {
  const manager = given as Partial<ManagerClass>;
  const { _configureSync: configure } = manager;
  if (typeof configure !== 'function' || typeof manager.fromHandlers !== 'function') return false;
  if (hooked.has(given)) return true;
  const [handler] = manager.fromHandlers(langChainCallbacks(agent)).handlers;
  if (handler === undefined) return false;
  handler.name = HANDLER;
  manager._configureSync = function (this: ManagerClass, ...options) {
    const configured = configure.apply(this, options) ?? new this();
    if (!configured.handlers.some(({ name }) => name === HANDLER)) configured.addHandler(handler, true);
    return configured;
  };
  hooked.add(given);
  return true;
}

const isName = (value: unknown): value is string => typeof value === 'string' && value !== '';
const lastOf = (path: unknown): unknown => (Array.isArray(path) ? path.at(-1) : undefined);
