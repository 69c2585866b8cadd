// Frameworks' tools behind verification: a real MCP server, and tools of the shapes that the other frameworks have.

import { Client, InMemoryTransport } from '@modelcontextprotocol/client';
import { McpServer } from '@modelcontextprotocol/server';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import {
  ActionDeniedError,
  type AIMClient,
  ConfigurationError,
  secureAiTools,
  secureLangChainTool,
  secureMcpHandler,
  secureOpenAiTool,
} from '../../src/index.ts';
import { scriptedAgent } from '../../src/testing/index.ts';
import { type Stage, startStage } from './operator.ts';

let stage: Stage;
let agent: AIMClient;
beforeAll(async () => {
  stage = await startStage();
  agent = await stage.agent('tooled', { capabilities: ['tool:weather', 'mcp:echo'] });
});
afterAll(() => stage.stop());

describe('an MCP server', () => {
  test('runs what is allowed, and tells the model why something is not', async () => {
    const server = new McpServer({ name: 'test', version: '1.0.0' });
    const drop = vi.fn(async () => ({ content: [{ type: 'text' as const, text: 'dropped' }] }));
    server.registerTool(
      'echo',
      { inputSchema: z.object({ text: z.string() }) },
      secureMcpHandler(agent, 'echo', async ({ text }: { text: string }) => ({ content: [{ type: 'text' as const, text }] })),
    );
    server.registerTool(
      'drop',
      { inputSchema: z.object({}) },
      secureMcpHandler(agent, 'drop', drop, { resource: () => 'prod' }),
    );
    const [near, far] = InMemoryTransport.createLinkedPair();
    const client = new Client({ name: 'test', version: '1.0.0' });
    await Promise.all([server.connect(far), client.connect(near)]);
    await expect(client.callTool({ name: 'echo', arguments: { text: 'hi' } })).resolves.toMatchObject({
      content: [{ text: 'hi' }],
    });
    await expect(client.callTool({ name: 'drop', arguments: {} })).resolves.toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining('AIM denied mcp:drop on prod') }],
    });
    expect(drop).not.toHaveBeenCalled();
    await client.close();
    await server.close();
  });

  test.each<[version: string, surroundings: (signal: AbortSignal) => object]>([
    ['1', (signal) => ({ signal })],
    ['2', (signal) => ({ mcpReq: { signal } })],
  ])('a call that the client of version %s cancels waits for nobody', async (_, surroundings) => {
    const { agent: asking } = scriptedAgent({ 'mcp:*': { pending: 'undecided' } });
    const run = vi.fn();
    const controller = new AbortController();
    const called = secureMcpHandler(asking, 'drop', run)({}, surroundings(controller.signal));
    controller.abort(new Error('cancelled'));
    await expect(called).rejects.toThrow('cancelled');
    expect(run).not.toHaveBeenCalled();
  });

  test('a tool without input shows operators none', async () => {
    const { agent: asking, calls } = scriptedAgent({ 'mcp:*': 'allowed' });
    const secured = secureMcpHandler(asking, 'ping', async () => 'pong', {
      resource: (input) => JSON.stringify(input) ?? 'nothing',
    });
    expect(await (secured as (...given: unknown[]) => unknown)({ mcpReq: { signal: new AbortController().signal } })).toBe(
      'pong',
    );
    expect(calls[0]?.resource).toBe('nothing');
  });
});

describe('tools of the AI SDK', () => {
  test('run after a yes, and keep what else they have', async () => {
    const weather = {
      description: 'Weather',
      inputSchema: {},
      execute: async ({ city }: { city: string }) => `sunny in ${city}`,
    };
    const tools = secureAiTools(
      agent,
      { weather, wipe: { ...weather, execute: vi.fn() }, byHand: { description: 'no execute' } },
      { resource: (input) => (input as { city?: string }).city },
    );
    expect(tools.weather.description).toBe('Weather');
    await expect(tools.weather.execute({ city: 'Rome' })).resolves.toBe('sunny in Rome');
    await expect(tools.wipe.execute({ city: 'Rome' })).rejects.toBeInstanceOf(ActionDeniedError);
    expect(tools.byHand).toEqual({ description: 'no execute' });
  });
});

describe('a tool of LangChain', () => {
  class Tool {
    readonly #secret = 'kept';
    name = 'weather';
    async invoke(input: unknown): Promise<string> {
      return `${this.#secret} ${JSON.stringify(input)}`;
    }
    describe(): string {
      return this.#secret;
    }
  }

  test('runs after a yes, and stays what it is', async () => {
    const tool = secureLangChainTool(agent, new Tool());
    expect(tool).toBeInstanceOf(Tool);
    expect(tool.describe()).toBe('kept');
    await expect(tool.invoke({ city: 'Rome' })).resolves.toBe('kept {"city":"Rome"}');
    const denied = secureLangChainTool(agent, Object.assign(new Tool(), { name: 'wipe' }));
    await expect(denied.invoke({})).rejects.toBeInstanceOf(ActionDeniedError);
  });

  class ClassTool {
    name = 'wipe';
    ran = 0;
    async _call(): Promise<string> {
      this.ran += 1;
      return 'wiped';
    }
    invoke(): Promise<string> {
      return this._call();
    }
    batch(inputs: unknown[]): Promise<string[]> {
      return Promise.all(inputs.map(() => this.invoke()));
    }
  }

  test('has no way past the verification', async () => {
    const tool = secureLangChainTool(agent, new ClassTool());
    expect(secureLangChainTool(agent, tool)).toBe(tool);
    await expect(tool.batch([1])).rejects.toBeInstanceOf(ActionDeniedError);
    expect(tool.ran).toBe(0);
  });

  test.each<[title: string, tool: () => object]>([
    ['cannot be changed', () => Object.freeze({ name: 'wipe', invoke: async () => 'wiped' })],
    ['cannot be run', () => ({ name: 'wipe' })],
    ['belongs to another agent', () => secureLangChainTool({ performAction: vi.fn() }, new ClassTool())],
  ])('is refused where it %s', (_, tool) => {
    expect(() => secureLangChainTool(agent, tool())).toThrow(ConfigurationError);
  });
});

describe('a tool of OpenAI Agents', () => {
  test('runs after a yes; a hosted one stays as it is', async () => {
    const tool = { type: 'function', name: 'weather', invoke: async (_context: unknown, input: string) => `got ${input}` };
    await expect(secureOpenAiTool(agent, tool).invoke(null, '{"city":"Rome"}')).resolves.toBe('got {"city":"Rome"}');
    const hosted = { type: 'hosted_tool', name: 'web_search' };
    expect(secureOpenAiTool(agent, hosted)).toBe(hosted);
  });

  test('tells the model of a refusal; one that acts here past any function is refused', async () => {
    const invoke = vi.fn(async () => 'wiped');
    const wipe = secureOpenAiTool(agent, { type: 'function', name: 'wipe', invoke });
    await expect(wipe.invoke()).resolves.toContain('AIM denied tool:wipe');
    expect(invoke).not.toHaveBeenCalled();
    expect(() => secureOpenAiTool(agent, { type: 'shell', name: 'shell', shell: {} })).toThrow(ConfigurationError);
  });
});
