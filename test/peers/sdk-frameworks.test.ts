// The adapters with the real frameworks: in each way that a framework has to run a tool, it runs after a yes and only then.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import {
  ActionDeniedError,
  type AIMClient,
  activateHooks,
  ConfigurationError,
  configureSecurityLogging,
  langChainCallbacks,
  secureAiTools,
  secureLangChainTool,
  secureLangChainTools,
  secureMcpHandler,
  secureOpenAiTools,
  securityLogger,
} from '../../src/index.ts';
import { scriptedAgent } from '../../src/testing/index.ts';
import { type Stage, startStage } from '../sdk/operator.ts';
import { npmPeers } from './npm-peers.ts';

const load = npmPeers('frameworks', [
  'ai@7.0.173',
  '@langchain/core@1.4.0',
  '@openai/agents@0.20.0',
  '@modelcontextprotocol/sdk@1.32.2',
  'zod@4',
]);

let stage: Stage;
let agent: AIMClient;
beforeAll(async () => {
  stage = await startStage();
  agent = await stage.agent('framework', { capabilities: ['tool:weather', 'tool:forecast'] });
});
afterAll(() => stage.stop());

const inputSchema = z.object({ city: z.string() });

describe('Vercel AI SDK', () => {
  /** A model that calls one tool, then says what it was told. */
  async function generateWith(tools: object, toolName: string) {
    const { generateText, isStepCount } = await load('ai');
    const { MockLanguageModelV4 } = await load('ai/test');
    const usage = { inputTokens: { total: 1 }, outputTokens: { total: 1 } };
    let turn = 0;
    const model = new MockLanguageModelV4({
      doGenerate: async () => {
        turn += 1;
        return turn === 1
          ? {
              content: [{ type: 'tool-call', toolCallId: 'c1', toolName, input: '{"city":"Rome"}' }],
              finishReason: { unified: 'tool-calls', raw: 'tool-calls' },
              usage,
              warnings: [],
            }
          : {
              content: [{ type: 'text', text: 'done' }],
              finishReason: { unified: 'stop', raw: 'stop' },
              usage,
              warnings: [],
            };
      },
    });
    return generateText({ model, tools, prompt: 'weather?', stopWhen: isStepCount(2) });
  }

  test('runs what is allowed, and tells the model why something is not', async () => {
    const { tool } = await load('ai');
    const wiped = vi.fn();
    const tools = secureAiTools(agent, {
      weather: tool({ inputSchema, execute: async ({ city }: { city: string }) => `sunny in ${city}` }),
      wipe: tool({ inputSchema, execute: wiped }),
    });
    const { steps } = await generateWith(tools, 'weather');
    expect(steps[0].content).toContainEqual(expect.objectContaining({ type: 'tool-result', output: 'sunny in Rome' }));
    const refused = await generateWith(tools, 'wipe');
    expect(refused.steps[0].content).toContainEqual(
      expect.objectContaining({ type: 'tool-error', error: expect.any(ActionDeniedError) }),
    );
    expect(wiped).not.toHaveBeenCalled();
  });

  test('a tool that answers in steps still does, and its last step is the result', async () => {
    const { tool } = await load('ai');
    const tools = secureAiTools(agent, {
      forecast: tool({
        inputSchema,
        async *execute({ city }: { city: string }) {
          yield 'looking';
          yield `rain in ${city}`;
        },
      }),
    });
    const { steps } = await generateWith(tools, 'forecast');
    expect(steps[0].content).toContainEqual(expect.objectContaining({ type: 'tool-result', output: 'rain in Rome' }));
  });
});

test('Vercel AI SDK, streaming: of three calls at once each ends as it should', async () => {
  const { isStepCount, streamText, tool } = await load('ai');
  const { convertArrayToReadableStream, MockLanguageModelV4 } = await load('ai/test');
  const usage = { inputTokens: { total: 1 }, outputTokens: { total: 1 } };
  const finish = (reason: string) => ({ type: 'finish', finishReason: { unified: reason, raw: reason }, usage });
  const prompts: string[] = [];
  const model = new MockLanguageModelV4({
    doStream: async ({ prompt }: { prompt: unknown }) => {
      prompts.push(JSON.stringify(prompt));
      const names = prompts.length === 1 ? ['weather', 'wipe', 'forecast'] : [];
      const calls = names.map((toolName) => ({ type: 'tool-call', toolCallId: toolName, toolName, input: '{"city":"Rome"}' }));
      const end = finish(names.length > 0 ? 'tool-calls' : 'stop');
      return { stream: convertArrayToReadableStream([{ type: 'stream-start', warnings: [] }, ...calls, end]) };
    },
  });
  const wiped = vi.fn();
  const tools = secureAiTools(agent, {
    weather: tool({ inputSchema, execute: async ({ city }: { city: string }) => `sunny in ${city}` }),
    wipe: tool({ inputSchema, execute: wiped }),
    forecast: tool({
      inputSchema,
      execute: async () => {
        throw new RangeError('no forecast today');
      },
    }),
  });
  const { steps } = streamText({ model, tools, prompt: 'weather?', stopWhen: isStepCount(2) });
  const [first] = await steps;
  const ends = first.content.filter(({ type }: { type: string }) => type !== 'tool-call');
  expect(ends).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ type: 'tool-result', toolName: 'weather', output: 'sunny in Rome' }),
      expect.objectContaining({ type: 'tool-error', toolName: 'wipe', error: expect.any(ActionDeniedError) }),
      expect.objectContaining({ type: 'tool-error', toolName: 'forecast', error: expect.any(RangeError) }),
    ]),
  );
  expect(prompts[1]).toContain('AIM denied tool:wipe');
  expect(wiped).not.toHaveBeenCalled();
});

test('MCP SDK, version 1: what is denied is told to the model, and what the client cancels waits for nobody', async () => {
  const { McpServer } = await load('@modelcontextprotocol/sdk/server/mcp.js');
  const { Client } = await load('@modelcontextprotocol/sdk/client/index.js');
  const { InMemoryTransport } = await load('@modelcontextprotocol/sdk/inMemory.js');
  const server = new McpServer({ name: 'test', version: '1.0.0' });
  const wiped = vi.fn(async () => ({ content: [{ type: 'text', text: 'wiped' }] }));
  const { agent: waiting } = scriptedAgent({ 'mcp:slow': { pending: 'undecided' } });
  const ended: unknown[] = [];
  const slow = secureMcpHandler(waiting, 'slow', wiped as (...given: unknown[]) => unknown);
  server.registerTool('wipe', { inputSchema: { city: z.string() } }, secureMcpHandler(agent, 'wipe', wiped));
  server.registerTool('slow', {}, async (...given: unknown[]) => {
    const outcome = await slow(...given).catch((error: unknown) => error);
    ended.push(outcome);
    return outcome;
  });
  const [near, far] = InMemoryTransport.createLinkedPair();
  const client = new Client({ name: 'test', version: '1.0.0' });
  await Promise.all([server.connect(far), client.connect(near)]);
  const refused = await client.callTool({ name: 'wipe', arguments: { city: 'Rome' } });
  expect(refused).toMatchObject({ isError: true, content: [{ text: expect.stringContaining('AIM denied mcp:wipe') }] });
  const controller = new AbortController();
  const call = client.callTool({ name: 'slow', arguments: {} }, undefined, { signal: controller.signal });
  setImmediate(() => controller.abort('enough'));
  await expect(call).rejects.toThrow('enough');
  await vi.waitFor(() => expect(ended).toHaveLength(1));
  expect(wiped).not.toHaveBeenCalled();
  await client.close();
});

describe('LangChain.js', () => {
  async function made(name: string, run: (input: { city: string }) => unknown) {
    const { tool } = await load('@langchain/core/tools');
    return tool(run, { name, description: name, schema: inputSchema });
  }

  test.each(['invoke', 'call', 'batch', 'stream', 'pipe', 'withConfig', 'tool call'])(
    'by %s it runs after a yes only',
    async (way) => {
      const { RunnableLambda } = await load('@langchain/core/runnables');
      const wiped = vi.fn(() => 'wiped');
      const [weather, wipe] = secureLangChainTools(agent, [
        await made('weather', ({ city }) => `sunny in ${city}`),
        await made('wipe', wiped),
      ]);
      // biome-ignore lint/suspicious/noExplicitAny: a tool of the framework, which is not installed beside this test
      const by = async (tool: any): Promise<string> => {
        const input = { city: 'Rome' };
        if (way === 'invoke') return tool.invoke(input);
        if (way === 'call') return tool.call(input);
        if (way === 'batch') return (await tool.batch([input]))[0];
        if (way === 'pipe') return tool.pipe(RunnableLambda.from((text: string) => text)).invoke(input);
        if (way === 'withConfig') return tool.withConfig({ tags: ['x'] }).invoke(input);
        if (way === 'tool call')
          return (await tool.invoke({ type: 'tool_call', id: '1', name: tool.name, args: input })).content;
        let text = '';
        for await (const part of await tool.stream(input)) text += part;
        return text;
      };
      await expect(by(weather)).resolves.toBe('sunny in Rome');
      await expect(by(wipe)).rejects.toBeInstanceOf(ActionDeniedError);
      expect(wiped).not.toHaveBeenCalled();
    },
  );

  test('a runnable that is made into a tool is guarded on every way in', async () => {
    const { RunnableLambda } = await load('@langchain/core/runnables');
    const wiped = vi.fn(() => 'wiped');
    const wipe = secureLangChainTool(
      agent,
      RunnableLambda.from(wiped).asTool({ name: 'wipe', description: 'wipe', schema: inputSchema }),
    );
    await expect(wipe.invoke({ city: 'Rome' })).rejects.toBeInstanceOf(ActionDeniedError);
    await expect(wipe.batch([{ city: 'Rome' }])).rejects.toBeInstanceOf(ActionDeniedError);
    await expect(wipe.stream({ city: 'Rome' })).rejects.toBeInstanceOf(ActionDeniedError);
    expect(() => wipe.streamEvents({ city: 'Rome' }, { version: 'v2' })).toThrow(ConfigurationError);
    expect(wiped).not.toHaveBeenCalled();
  });
});

describe('LangChain.js observed', () => {
  test('each tool and model is noted in the security log, by name alone', async () => {
    const { tool } = await load('@langchain/core/tools');
    const { FakeListChatModel } = await load('@langchain/core/utils/testing');
    const { CallbackManager } = await load('@langchain/core/callbacks/manager');
    const folder = await mkdtemp(join(tmpdir(), 'aim-langchain-'));
    const file = join(folder, 'security.log');
    configureSecurityLogging({ logFile: file });
    const weather = tool(
      async ({ city }: { city: string }) => {
        if (city === 'Atlantis') throw new RangeError(`no ${city}`);
        return `sunny in ${city}`;
      },
      { name: 'weather', description: 'Weather', schema: inputSchema },
    );
    // For one call, then for all: not twice where both are there.
    await weather.invoke({ city: 'Rome' }, { callbacks: [langChainCallbacks(agent)] });
    expect(activateHooks(agent, { langchain: CallbackManager })).toEqual(['langchain.callbacks']);
    expect(activateHooks(agent, { langchain: CallbackManager })).toEqual(['langchain.callbacks']);
    await weather.invoke({ city: 'Rome' }, { callbacks: [langChainCallbacks(agent)] });
    await weather.invoke({ city: 'Atlantis' }).catch(() => {});
    await new FakeListChatModel({ responses: ['fine'] }).invoke('weather in Rome?');
    await securityLogger.flush();
    configureSecurityLogging({});
    const text = await readFile(file, 'utf8');
    await rm(folder, { recursive: true, force: true });
    const noted = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { event_type: string; agent_id: string; details?: Record<string, unknown> })
      .filter(({ event_type: type }) => type === 'AGENT_ACTION');
    expect(noted.map(({ details }) => [details?.['action'], details?.['resource'], details?.['failed']])).toEqual([
      ['tool_call', 'langchain:weather', undefined],
      ['tool_call', 'langchain:weather', undefined],
      ['tool_call', 'langchain:weather', undefined],
      ['tool_call', 'langchain:weather', 'RangeError'],
      ['llm_call', 'langchain:FakeListChatModel', undefined],
    ]);
    expect(new Set(noted.map(({ agent_id: id }) => id))).toEqual(new Set([agent.agentId]));
    expect(text).not.toMatch(/Rome|Atlantis/);
  });
});

describe('OpenAI Agents', () => {
  async function runWith(tools: object[], toolName: string): Promise<{ finalOutput: string }> {
    const { Agent, run, Usage, setTracingDisabled } = await load('@openai/agents');
    setTracingDisabled(true);
    let turn = 0;
    const model = {
      // The second time it repeats what the tool answered.
      async getResponse({ input }: { input: { type?: string; output?: { text?: string } }[] }) {
        turn += 1;
        const told = Array.isArray(input) ? input.find((item) => item.type === 'function_call_result') : undefined;
        const output =
          turn === 1
            ? [{ type: 'function_call', callId: 'c1', name: toolName, arguments: '{"city":"Rome"}', status: 'completed' }]
            : [
                {
                  type: 'message',
                  role: 'assistant',
                  status: 'completed',
                  content: [{ type: 'output_text', text: JSON.stringify(told?.output) }],
                },
              ];
        return { usage: new Usage(), output };
      },
      async *getStreamedResponse() {},
    };
    return run(new Agent({ name: 'test', model, tools }), 'weather?');
  }

  test('runs what is allowed, and tells the model why something is not', async () => {
    const { tool } = await load('@openai/agents');
    const wiped = vi.fn(async () => 'wiped');
    const tools = secureOpenAiTools(agent, [
      tool({
        name: 'weather',
        description: 'w',
        parameters: inputSchema,
        execute: async ({ city }: { city: string }) => `sunny in ${city}`,
      }),
      tool({ name: 'wipe', description: 'w', parameters: inputSchema, execute: wiped }),
    ]);
    expect((await runWith(tools, 'weather')).finalOutput).toContain('sunny in Rome');
    expect((await runWith(tools, 'wipe')).finalOutput).toContain('AIM denied tool:wipe');
    expect(wiped).not.toHaveBeenCalled();
  });

  test('leaves hosted tools as they are, and refuses those that act here past any function', async () => {
    const { webSearchTool, shellTool } = await load('@openai/agents');
    const hosted = webSearchTool();
    expect(secureOpenAiTools(agent, [hosted])).toEqual([hosted]);
    const shell = shellTool({ shell: { run: async () => ({ output: [] }) } });
    expect(() => secureOpenAiTools(agent, [shell])).toThrow(ConfigurationError);
  });
});
