// Detection: what a project imports and calls, which protocol, which walls; each with its evidence, never with a secret.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { autoDetectAgentType } from '../../src/detect/agent-type.ts';
import { autoDetectCapabilities, detectCapabilities } from '../../src/detect/capabilities.ts';
import { detectIsolation } from '../../src/detect/isolation.ts';
import { autoDetectMcps, MCPDetector, trackMcpCall } from '../../src/detect/mcp-detector.ts';
import { detectProtocol } from '../../src/detect/protocol.ts';
import { detectRisk } from '../../src/detect/risk.ts';
import { scanSource } from '../../src/detect/source-scan.ts';
import { namedInCalls } from '../../src/detect/syntax-scan.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aim-detect-'));
  return () => rm(folder, { recursive: true, force: true });
});

async function project(files: Record<string, string | object>): Promise<string> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return folder;
}

describe('the type of an agent', () => {
  test.each<[title: string, files: Record<string, string | object>, type: string]>([
    [
      'is that of the framework that is imported',
      { 'package.json': { dependencies: { openai: '1' } }, 'agent.ts': "import { ChatOpenAI } from '@langchain/openai';" },
      'langchain',
    ],
    [
      'is the framework rather than the model beneath it',
      { 'package.json': {}, 'a.ts': "import OpenAI from 'openai';\nimport { Agent } from '@langchain/langgraph';" },
      'langgraph',
    ],
    [
      'is the model of the AI SDK provider',
      { 'package.json': { dependencies: { ai: '6', '@ai-sdk/anthropic': '3' } } },
      'claude',
    ],
    [
      'is read from package.json where nothing is imported',
      { 'package.json': { dependencies: { llamaindex: '1' } } },
      'llamaindex',
    ],
    [
      'is not taken from a comment or a text',
      { 'package.json': {}, 'a.ts': "// import 'openai'\nconst text = \"from 'openai'\"; /* require('openai') */" },
      'custom',
    ],
    [
      'is not taken from what lies in node_modules',
      { 'package.json': {}, 'node_modules/x/index.js': "import 'openai'" },
      'custom',
    ],
  ])('%s', async (_, files, type) => {
    expect((await autoDetectAgentType({ start: await project(files) })).type).toBe(type);
  });

  test('says where it was seen, and how sure it is', async () => {
    const start = await project({ 'package.json': {}, 'src/agent.ts': "\nimport Anthropic from '@anthropic-ai/sdk';" });
    expect(await autoDetectAgentType({ start })).toMatchObject({
      type: 'claude',
      reason: '@anthropic-ai/sdk is imported (src/agent.ts:2)',
      confidence: 95,
    });
  });
});

describe('capabilities', () => {
  test('are those that the code names in its calls', async () => {
    const start = await project({
      'package.json': {},
      'src/agent.ts': `
        const rows = await agent.performAction('db:read', { resource: 'users' }, () => query());
        const refund = agent.action("payment:refund", { jitAccess: true })(fn);
        class Files { @agent.action(\`file:write\`) async save() {} }
        button.action('click'); // not a capability
        // agent.performAction('db:drop')
        const text = "agent.performAction('user:delete')";
        const nested = \`\${agent.verifyCapability('email:send')} agent.performAction('no:no')\`;`,
    });
    expect(await autoDetectCapabilities({ start, folder })).toEqual(['db:read', 'email:send', 'file:write', 'payment:refund']);
    expect(await detectCapabilities({ start, folder })).toContainEqual({
      capability: 'db:read',
      method: 'call',
      file: 'src/agent.ts',
      line: 2,
      confidence: 95,
    });
  });

  test('are also those that are written down', async () => {
    const start = await project({ 'package.json': {}, 'capabilities.json': { capabilities: ['api:call', 7] } });
    expect(await autoDetectCapabilities({ start, folder })).toEqual(['api:call']);
  });
});

describe('the syntax tree', () => {
  test.each<[title: string, source: string, capabilities: string[] | null]>([
    ['sees calls on whatever stands before the dot', `(await secure('x')).performAction('db:read', run)`, ['db:read']],
    ['sees optional calls', `agent?.performAction?.('db:read')`, ['db:read']],
    ['sees decorators', `class A { @agent.action('db:read') async x() {} }`, ['db:read']],
    [
      'sees through types',
      `enum E { A }\nconst x = agent.verifyCapability<E>('db:read' as const satisfies string)`,
      ['db:read'],
    ],
    [
      'sees JSX',
      `const view = <a onClick={() => agent.performAction('db:read')}>agent.performAction('no:no')</a>`,
      ['db:read'],
    ],
    ['sees casts in angle brackets', `const x = <string>agent.performAction('db:read')`, ['db:read']],
    ['takes no property for a call', `const x = { performAction: 'db:read' }; x['performAction']('db:drop')`, []],
    ['takes no name that is put together', 'agent.performAction(`db:${verb}`); agent.performAction("db:" + verb)', []],
    ['takes no free function', `performAction('db:read')`, []],
    ['knows what it cannot read', `agent.performAction('db:read'`, null],
  ])('%s', (_, source, capabilities) => {
    expect(namedInCalls(source)?.map((one) => one.capability) ?? null).toEqual(capabilities);
  });

  test('is as deep as it is, and ends', () => {
    expect(namedInCalls(`${'('.repeat(50)}agent.performAction('db:read')${')'.repeat(50)}`)).toHaveLength(1);
    expect(() => namedInCalls(`${'['.repeat(50_000)}`)).not.toThrow();
  });

  test('of a file that cannot be parsed is guessed from its words, and said to be', async () => {
    const start = await project({ 'package.json': {}, 'a.js': `agent.performAction('db:read'); const = ;` });
    expect(await detectCapabilities({ start, folder })).toMatchObject([{ capability: 'db:read', confidence: 80 }]);
  });
});

describe('the scan of source', () => {
  test.each<[title: string, source: string, capabilities: string[]]>([
    ['passes over patterns that look like texts', `const quote = /'/; agent.performAction('db:read')`, ['db:read']],
    ['takes a division for a division', `const half = a / 2; agent.performAction('db:read'); // it's`, ['db:read']],
    ['reads escapes', `agent.performAction('db\\x3aread')`, ['db:read']],
    ['goes on after a text that does not end', `const broken = 'oops\nagent.performAction('db:read')`, ['db:read']],
    ['sees optional calls not at all rather than wrongly', `agent?.performAction?.('db:read')`, []],
    ['does not take a name that is put together', `agent.performAction('db:' + verb)`, []],
  ])('%s', (_, source, capabilities) => {
    expect(scanSource(source).capabilities.map((one) => one.capability)).toEqual(capabilities);
  });

  test('ends, whatever it is given', () => {
    for (const source of ['`${`${`', '/*', "'", '`', '/[', '\\', '${}', '}`']) expect(() => scanSource(source)).not.toThrow();
  });
});

describe('the protocol', () => {
  test.each<[title: string, surroundings: Parameters<typeof detectProtocol>[0], protocol: string, confidence: number]>([
    ['is what was said', { explicit: 'A2A', env: { MCP_TRANSPORT: 'x' } }, 'a2a', 100],
    ['is what the environment names', { env: { OAUTH_CLIENT_ID: 'x', OAUTH_CLIENT_SECRET: 'y' } }, 'oauth', 92],
    ['is what is imported', { env: {}, packages: ['@a2a-js/sdk'] }, 'a2a', 60],
    ['is MCP where nothing says otherwise', { env: {} }, 'mcp', 50],
  ])('%s', (_, surroundings, protocol, confidence) => {
    expect(detectProtocol(surroundings)).toMatchObject({ protocol, confidence });
  });

  test('never shows a value of the environment', () => {
    expect(JSON.stringify(detectProtocol({ env: { OAUTH_CLIENT_SECRET: 'hunter2' } }))).not.toContain('hunter2');
  });
});

describe('isolation', () => {
  const look = (files: Record<string, string>) =>
    detectIsolation({ read: async (path) => files[path] ?? null, exists: async (path) => path in files });

  test.each<[title: string, files: Record<string, string>, expected: object]>([
    [
      'claims nothing that it cannot see',
      {},
      { sandbox: 'none', network: 'none', filesystem: 'none', process: 'none', score: 0 },
    ],
    [
      'sees a container with a read-only root',
      { '/.dockerenv': '', '/proc/self/mounts': 'overlay / overlay ro,relatime 0 0' },
      { sandbox: 'docker', filesystem: 'readonly', score: 0.4 },
    ],
    ['sees gVisor', { '/proc/version': 'Linux version 4.4.0 gVisor' }, { sandbox: 'gvisor' }],
    [
      'sees filtered system calls',
      { '/proc/self/status': 'Pid:\t77\nSeccomp:\t2\nNSpid:\t77\n' },
      { process: 'seccomp', score: 0.1 },
    ],
    ['sees that there is no network', { '/proc/net/dev': 'a\nb\n    lo: 0\n' }, { network: 'airgap' }],
  ])('%s', async (_, files, expected) => {
    expect(await look(files)).toMatchObject(expected);
  });
});

describe('the risk of a capability', () => {
  test.each([
    ['db:read', 'low'],
    ['payment:refund', 'critical'],
    ['email:send', 'high'],
    ['something', 'medium'],
    ['weather:delete', 'high'],
  ])('%s is %s', (name, level) => {
    expect(detectRisk(name).level).toBe(level);
  });
});

describe('MCP servers', () => {
  test('are found in the configuration of a client, without its secrets', async () => {
    await project({
      '.cursor/mcp.json': { mcpServers: { github: { command: 'npx', args: ['-y', 'server'], env: { TOKEN: 'hunter2' } } } },
    });
    const found = await autoDetectMcps({ home: folder, cwd: folder, env: {}, platform: 'linux' });
    expect(found).toMatchObject([{ mcpServer: 'github', detectionMethod: 'claude_config', confidence: 100 }]);
    expect(JSON.stringify(found)).not.toContain('hunter2');
  });

  test('are found among imports and among calls', async () => {
    const start = await project({
      'package.json': { dependencies: { '@modelcontextprotocol/server-github': '1', '@modelcontextprotocol/client': '2' } },
    });
    const { readProject } = await import('../../src/detect/project.ts');
    const detector = new MCPDetector({ project: await readProject(start), home: folder, cwd: folder });
    trackMcpCall('github', 'create_issue', { title: 'Bug fix' });
    const found = await detector.detectAllWithRuntime();
    expect(found.map((one) => [one.mcpServer, one.detectionMethod])).toEqual([
      ['@modelcontextprotocol/server-github', 'sdk_import'],
      ['github', 'sdk_runtime'],
    ]);
    expect(found[1]?.details).toMatchObject({ call_count: 1, tools_used: ['create_issue'] });
  });
});
