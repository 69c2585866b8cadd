// Every TypeScript block of the guide is run as it stands, against the real control plane.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transform } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loginWithPassword } from '../../src/auth/login-password.ts';
import { generateSigningKey } from '../../src/crypto/ed25519.ts';
import * as sdk from '../../src/index.ts';
import * as testing from '../../src/testing/index.ts';

const IMPORT = /^import \{([^}]*)\} from 'aim-terminal(?:\/testing)?';$/gm;

type Block = { heading: string; code: string };

function blocksIn(file: string): Block[] {
  const text = readFileSync(file, 'utf8');
  const blocks: Block[] = [];
  let heading = '';
  for (const [, title, code] of text.matchAll(/^## (.+)$|^```ts\n([\s\S]*?)^```$/gm)) {
    if (title !== undefined) heading = title;
    else if (code !== undefined) blocks.push({ heading, code });
  }
  return blocks;
}

const home = mkdtempSync(join(tmpdir(), 'aim-guide-'));
const before = process.env['HOME'];
const opened: sdk.AIMClient[] = [];
const controller = new AbortController();
let surroundings: Record<string, unknown>;
let controlPlane: testing.TestControlPlane;
let approving: Promise<void>;

beforeAll(async () => {
  process.env['HOME'] = home;
  controlPlane = await testing.startTestControlPlane();
  const { api, administrator } = controlPlane;
  await loginWithPassword({
    server: controlPlane.url,
    ...administrator,
    paths: { aim: join(home, '.aim') },
    store: 'file',
  });
  // What the guide's reader has done: an operator has verified the agent and granted what it declares.
  const secure: typeof sdk.secure = async (name, options) => {
    const agent = await sdk.secure(name, options);
    opened.push(agent);
    // A control plane of the block's own has its own operator.
    if (agent.aimUrl === controlPlane.url) await controlPlane.trust(agent.agentId, options?.capabilities ?? []);
    return agent;
  };
  surroundings = {
    ...sdk,
    ...testing,
    secure,
    aimUrl: controlPlane.url,
    ...administrator,
    apiKey: await controlPlane.apiKey(),
    reviewerKey: generateSigningKey().publicKey,
    folder: join(home, 'telemetry'),
    logFile: join(home, 'security.log'),
    openai: { responses: { create: async () => 'said' } },
    query: async () => ['ada'],
    pay: async (order: string) => `paid ${order}`,
    database: { query: async (text: string) => [text] },
    console: { log() {} },
  };
  // The person of the guide says yes to everything that waits.
  approving = (async () => {
    for await (const item of api.events.stream({ signal: controller.signal, types: ['approval'] })) {
      if (item.kind === 'event' && item.event.type === 'approval' && item.event.change === 'created')
        await api.approvals.approve(item.event.subject.id);
    }
  })();
});

afterAll(async () => {
  controller.abort();
  await approving.catch(() => {});
  for (const agent of opened) await agent.close();
  await controlPlane.stop();
  process.env['HOME'] = before;
  rmSync(home, { recursive: true, force: true });
});

describe('the guide from the Python SDK', () => {
  const blocks = blocksIn('docs/from-the-python-sdk.md');

  // Those of the Python SDK's reference that show how something is done.
  test.each([
    'Installation',
    'Quick Start',
    'Module Imports',
    'AIMClient Class Methods',
    'Decorators & Clean Code',
    'Configuration Options',
    'Async/Await Support',
    'Error Handling',
    'MCP Server Integration',
    'Testing & Development',
    'Advanced Features',
    'SDK Features',
  ])('has a block to run under: %s', (title) => {
    expect(blocks.map(({ heading }) => heading)).toContain(title);
  });

  const readme = blocksIn('README.md').map(({ heading, code }) => ({ heading: `README: ${heading}`, code }));
  test.each([...blocks, ...readme].map(({ heading, code }) => [heading, code] as const))('%s', async (_, code) => {
    const named = [...code.matchAll(IMPORT)].flatMap(([, names = '']) =>
      names
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== ''),
    );
    for (const name of named) expect(surroundings, `${name} is exported`).toHaveProperty(name);
    const body = code.replace(IMPORT, '');
    const { code: script } = await transform(`const block = async () => {${body}};`, {
      loader: 'ts',
      target: 'es2022',
      tsconfigRaw: {},
    });
    const run = new Function(...Object.keys(surroundings), `${script}\nreturn block();`) as (
      ...values: unknown[]
    ) => Promise<void>;
    await run(...Object.values(surroundings));
  });
});
