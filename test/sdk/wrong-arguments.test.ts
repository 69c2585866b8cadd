// Callers in plain JavaScript: whatever they hand over, the error says what was wrong, nothing is sent, and nothing runs.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import * as sdk from '../../src/index.ts';
import { scriptedAgent } from '../../src/testing/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'aim-wrong-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Call = (value: unknown) => unknown;
// biome-ignore lint/suspicious/noExplicitAny: what a caller without types writes
const untyped = (value: unknown): any => value;

const { agent, calls } = scriptedAgent({ '*': 'allowed' });
const plain = untyped(agent);
const here = { credentialsFolder: folder, aimUrl: 'http://127.0.0.1:9', apiKey: 'aim_x', maxRetries: 0 };
const seed = `${'A'.repeat(43)}=`;
const never = (): never => {
  throw new Error('ran');
};

/** Kinds of values by what they are not. */
const VALUES: Record<string, unknown> = {
  null: null,
  number: 5,
  NaN: Number.NaN,
  true: true,
  empty: '',
  list: [7],
  symbol: Symbol('x'),
  function: () => 1,
  half: '\ud800',
  object: { a: 1 },
  text: 'text',
};
const not = (...fine: string[]): [string, unknown][] => Object.entries(VALUES).filter(([kind]) => !fine.includes(kind));
const notText = not('text', 'empty', 'half');
const notName = not('text');
const notOptions = not('object');
const notFunction = not('function');

const WRONG: [call: string, values: [string, unknown][], run: Call][] = [
  ['secure: name', notName.filter(([kind]) => kind !== 'half'), (value) => sdk.secure(untyped(value), here)],
  ['secure: options', notOptions, (value) => sdk.secure('x', untyped(value))],
  ...(['apiKey', 'bootstrapToken', 'displayName', 'description', 'version'] as const).map((name): (typeof WRONG)[number] => [
    `secure: ${name}`,
    notText.filter(([kind]) => kind !== 'null'),
    (value) => sdk.secure('x', { ...here, [name]: untyped(value) }),
  ]),
  ...(['signal', 'transport', 'requireReceipts'] as const).map((name): (typeof WRONG)[number] => [
    `secure: ${name}`,
    not(),
    (value) => sdk.secure('x', { ...here, [name]: untyped(value) }),
  ]),
  ['secure: aimUrl', not(), (value) => sdk.secure('x', { ...here, aimUrl: untyped(value) })],
  ['secure: capabilities', not('null'), (value) => sdk.secure('x', { ...here, capabilities: untyped(value) })],
  ['secure: metadata', not('object', 'null'), (value) => sdk.secure('x', { ...here, metadata: untyped(value) })],
  ['secure: timeout', not('number'), (value) => sdk.secure('x', { ...here, timeout: untyped(value) })],
  ['secure: credentialsFolder', notName, (value) => sdk.secure('x', { ...here, credentialsFolder: untyped(value) })],
  ['secure: enforcementMode', not(), (value) => sdk.secure('x', { ...here, enforcementMode: untyped(value) })],
  ['AIMClient: options', not(), (value) => new sdk.AIMClient(untyped(value))],
  ['AIMClient: aimUrl', not(), (value) => new sdk.AIMClient({ agentId: 'a', privateKey: seed, aimUrl: untyped(value) })],
  [
    'AIMClient: privateKey',
    not(),
    (value) => new sdk.AIMClient({ agentId: 'a', privateKey: untyped(value), aimUrl: 'http://x' }),
  ],
  ['verifyCapability', notName.filter(([kind]) => kind !== 'half'), (value) => agent.verifyCapability(untyped(value))],
  ['verifyCapability: options', notOptions, (value) => agent.verifyCapability('x', untyped(value))],
  ['verifyCapability: signal', not(), (value) => agent.verifyCapability('x', { signal: untyped(value) })],
  ['verifyCapability: riskLevel', not(), (value) => agent.verifyCapability('x', { riskLevel: untyped(value) })],
  [
    'verifyCapability: timeoutSeconds',
    not('number', 'null'),
    (value) => agent.verifyCapability('x', { timeoutSeconds: untyped(value) }),
  ],
  ['performAction: function', notFunction, (value) => agent.performAction('x', {}, untyped(value))],
  ['performAction: options', not('object', 'function'), (value) => agent.performAction('x', untyped(value), never)],
  ['requireApproval: function', notFunction, (value) => agent.requireApproval('x', {}, untyped(value))],
  ['action: function', notFunction, (value) => agent.action('x')(untyped(value))],
  ['action: options', notOptions, (value) => agent.action('x', untyped(value))(never)],
  ...['getAgentDetails', 'deleteAgent', 'getTrustScore', 'deleteApiKey', 'createApiKey', 'registerCapability'].map(
    (name): (typeof WRONG)[number] => [name, notName, (value) => plain[name](value)],
  ),
  ...['createNewAgent', 'registerMcpServer', 'attestIsolation'].map((name): (typeof WRONG)[number] => [
    name,
    not(),
    (value) => plain[name](value),
  ]),
  ...['heartbeat', 'rotateKeys', 'listApiKeys', 'listCapabilities', 'listMcpServers', 'listAgents'].map(
    (name): (typeof WRONG)[number] => [name, notOptions, (value) => plain[name](value)],
  ),
  ['requestCapability', notText, (value) => plain.requestCapability('x', value)],
  ['attestMcpServer', not(), (value) => plain.attestMcpServer('x', value)],
  ['useMcpTool', notName, (value) => plain.useMcpTool('x', value)],
  ...['resolve', 'listNamespaces', 'getNamespace', 'deleteNamespace', 'getAuditLog'].map((name): (typeof WRONG)[number] => [
    `secrets.${name}`,
    name === 'resolve' ? notText : notName,
    (value) => untyped(agent.secrets)[name](value),
  ]),
  ['secrets.use', notFunction, (value) => untyped(agent.secrets).use('x', value)],
  ['secrets.storeCredential', not(), (value) => untyped(agent.secrets).storeCredential('x', value)],
  ['secrets.createNamespace', not(), (value) => untyped(agent.secrets).createNamespace('x', 'y', value)],
  ['login', not(), (value) => sdk.login(untyped(value))],
  ['login: server', not(), (value) => sdk.login({ server: untyped(value), email: 'a@b', password: 'c' })],
  ['loadAgentCredentials', notText, (value) => sdk.loadAgentCredentials(untyped(value), { folder })],
  ['saveAgentCredentials', not(), (value) => sdk.saveAgentCredentials(untyped(value), { folder })],
  ['saveSdkCredentials', not(), (value) => sdk.saveSdkCredentials(untyped(value), { folder })],
  ['listAgentCredentials', notOptions, (value) => sdk.listAgentCredentials(untyped(value))],
  ['new A2AClient', not(), (value) => new sdk.A2AClient(untyped(value))],
  ['new A2AAgentCard', not(), (value) => new sdk.A2AAgentCard(untyped(value))],
  ['a2a.getAgentCard', notName, (value) => new sdk.A2AClient(agent).getAgentCard(untyped(value))],
  ['signA2ARequest', not(), (value) => sdk.signA2ARequest(untyped(value), { method: 'GET', path: '/' })],
  ['createA2AReceiver', not(), (value) => sdk.createA2AReceiver(untyped(value))],
  ['new AttestationCache', notOptions, (value) => new sdk.AttestationCache(untyped(value))],
  ['detectRisk', notText, (value) => sdk.detectRisk(untyped(value))],
  ['sealCredential', not(), (value) => sdk.sealCredential('secret', untyped(value))],
  ['registerMcpServer of', not(), (value) => sdk.registerMcpServer(untyped(value), untyped({}))],
  ['secureAiTools', notOptions, (value) => sdk.secureAiTools(agent, untyped(value))],
  ['secureLangChainTools', not(), (value) => sdk.secureLangChainTools(agent, untyped(value))],
  ['secureOpenAiTools', not(), (value) => sdk.secureOpenAiTools(agent, untyped(value))],
  ['secureMcpHandler', notFunction, (value) => sdk.secureMcpHandler(agent, 'x', untyped(value))],
];

describe('a wrong argument is named, and nothing is asked', () => {
  test.each(WRONG)('%s', async (_, values, run) => {
    for (const [kind, value] of values) {
      const error: unknown = await Promise.resolve()
        .then(() => run(value))
        .then(
          () => `${kind} was taken`,
          (failure: unknown) => failure,
        );
      expect(error, kind).toBeInstanceOf(sdk.UsageError);
      expect((error as sdk.UsageError).field ?? (error as Error).message, kind).not.toBe('');
    }
    expect(calls.splice(0)).toHaveLength(0);
  });

  test.each(['.', '..', '../agents', 'a/../b'])('the id %s never becomes another address', async (id) => {
    const asked: string[] = [];
    const transport = {
      send: async ({ url }: { url: URL }) => {
        asked.push(url.pathname);
        throw new Error('sent');
      },
      close() {},
    };
    const client = new sdk.AIMClient({
      agentId: 'a',
      privateKey: seed,
      aimUrl: 'http://x',
      maxRetries: 0,
      transport: untyped(transport),
    });
    await client.deleteAgent(id).catch(() => {});
    for (const path of asked) expect(path).toMatch(/^\/api\/v1\/agents\/[^/]+$/);
  });

  test('the value itself is never told', async () => {
    const secret = ['hunter2'];
    const error = await sdk.login({ server: 'http://127.0.0.1:9', email: 'a@b', password: untyped(secret) }).catch(String);
    expect(error).toContain('password is a text, not a list');
    expect(error).not.toContain('hunter2');
  });

  test.each<[title: string, metadata: unknown]>([
    [
      'a circle',
      (() => {
        const circle: Record<string, unknown> = {};
        circle['self'] = circle;
        return circle;
      })(),
    ],
    ['a BigInt', { count: 1n }],
  ])('what JSON cannot say: %s', async (_, metadata) => {
    await expect(agent.requestCapability('x', 'y', { metadata: untyped(metadata) })).rejects.toMatchObject({
      code: 'remote.not-sendable',
    });
  });
});

describe('a decorator where it cannot hold', () => {
  const decorate = untyped(agent.action('db:read'));
  test.each<[title: string, member: unknown, context: unknown, code: string]>([
    ['a getter', () => 1, { kind: 'getter', name: 'rows' }, 'action.decorator'],
    ['a setter', () => 1, { kind: 'setter', name: 'rows' }, 'action.decorator'],
    ['an accessor', { get: () => 1, set: () => {} }, { kind: 'accessor', name: 'rows' }, 'action.decorator'],
    ['a field', undefined, { kind: 'field', name: 'rows' }, 'action.decorator'],
    ['a class', class Rows {}, { kind: 'class', name: 'Rows' }, 'action.decorator'],
    ['a class that is wrapped', class Rows {}, undefined, 'action.class'],
    ['the older kind of decorator', {}, 'rows', 'action.decorator'],
  ])('%s is refused in words', (_, member, context, code) => {
    expect(() => decorate(member, context)).toThrow(expect.objectContaining({ code, next: expect.any(String) }));
  });
});
