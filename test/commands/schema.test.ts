// The output contract: what each verb really prints fits the schema that `aim schema` publishes for it, and no member is left out of it.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { plantDemo } from '../../commands/demo/plant.ts';
import { registry } from '../../commands/registry.ts';
import { allSchemas, outputSchema } from '../../commands/schema/document.ts';
import { outputs, withoutOutput } from '../../commands/schema/outputs.ts';
import { actionMessage, actionTimestamp, toSignedAction } from '../../src/crypto/action.ts';
import { generateSigningKey } from '../../src/crypto/ed25519.ts';
import { startTestControlPlane, type TestControlPlane } from '../../src/testing/control-plane.ts';
import { freshMachine, type Machine } from '../pty/terminal.ts';
import { sampleLines } from '../security-log/samples.ts';
import { runHere } from './in-process.ts';

let plane: TestControlPlane;
let machine: Machine;
let agentId: string;
const key = generateSigningKey();
const checked = new Set<string>();

beforeAll(async () => {
  machine = freshMachine();
  plane = await startTestControlPlane();
  const { email, password } = plane.admin;
  await prints('login', ['--server', plane.url, '--email', email, '--password-stdin', '--store', 'file'], password);
  const made = await prints('agents.create', ['billing-bot', '--public-key', key.publicKey, '--capability', 'db:read']);
  agentId = (made as { id: string }).id;
  await prints('agents.verify', ['billing-bot', '--yes']);
});
afterAll(async () => {
  await plane?.stop();
  machine?.remove();
});

/** Runs the verb with --json and holds every line of it against its schema, in which nothing may be missing. */
async function prints(id: string, args: readonly string[] = [], input?: string): Promise<unknown> {
  const env = { ...machine.env, AIM_SERVER: plane.url };
  const argv = [...id.split('.'), ...args, '--json'];
  const { stdout, stderr } = await runHere(argv, { env, ...(input === undefined ? {} : { input }) });
  if (stdout === '') throw new Error(`aim ${argv.join(' ')}: ${stderr}`);
  const action = registry.find((candidate) => candidate.id === id);
  const isStream = 'stream' in (action ?? {});
  const documents = isStream ? stdout.trim().split('\n') : [stdout];
  const schema = strict(id);
  for (const document of documents) {
    const { error } = schema.safeParse(JSON.parse(document));
    if (error) throw new Error(`aim ${argv.join(' ')} does not fit its schema:\n${z.prettifyError(error)}\n${document}`);
  }
  checked.add(id);
  if (!isStream && (action?.risk ?? 'read') === 'read' && !REPEATS_DIFFERENTLY.has(id))
    await looksRight(argv.slice(0, -1), env);
  return JSON.parse(documents[0] as string);
}

/** The same for people: in a pipe and on a narrow terminal. Whatever is in it, it is text. */
async function looksRight(argv: readonly string[], env: Record<string, string>): Promise<void> {
  for (const columns of [undefined, 60]) {
    const { stdout, stderr, code } = await runHere(argv, { env, ...(columns !== undefined && { columns }) });
    const isTable = columns !== undefined && TABLE.test(stdout);
    expect({ argv, stderr, code: code === 1 ? 0 : code }).toEqual({
      argv,
      stderr: expect.stringMatching(/^(\S.*\n)?$/),
      code: 0,
    });
    expect(stdout.replaceAll(SGR, '')).toMatch(/^[^\p{Cc}]*(?:[\n\t][^\p{Cc}]*)*$/u);
    if (isTable) for (const line of stdout.replaceAll(SGR, '').split('\n')) expect(line.length).toBeLessThanOrEqual(WIDEST);
  }
}
// Ids are never cut, so that a table of two of them may be wider than a narrow terminal.
const WIDEST = 100;
const TABLE = /^[A-Z][A-Z ]+ {2,}[A-Z]/;
const SGR = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g');
/** They sign in or read what they are given. */
const REPEATS_DIFFERENTLY = new Set(['login', 'logout', 'verify', 'api', 'doctor']);

const strict = (id: string) => z.fromJSONSchema(closed(outputSchema(id)) as Parameters<typeof z.fromJSONSchema>[0]);

/** The published schema, but with no member allowed that it does not name, where it does not say that there may be more. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null || OPEN.has((schema as { $id?: string }).$id ?? '')) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closed(value)]));
  const isNamed = typeof inner['properties'] === 'object' && Object.keys(inner['properties'] as object).length > 0;
  // What a server answers as it is may have more: that is said by the schema itself.
  return isNamed && !('additionalProperties' in schema) ? { ...inner, additionalProperties: false } : inner;
}
// Documents of others: agent cards and JSON Schemas have members that are not ours to list.
const OPEN = new Set(['a2a.card', 'a2a.discover', 'config.schema', 'schema'].map((id) => `urn:aim-terminal:output:1:${id}`));

async function ask(capability: string, resource: string, context: object = {}): Promise<string> {
  const timestamp = actionTimestamp();
  const signature = key.sign(actionMessage(toSignedAction({ agentId, capability, resource, context, timestamp })));
  const body = { agentId, capability, resource, context, timestamp, signature, publicKey: key.publicKey };
  const response = await fetch(`${plane.url}/api/v1/sdk-api/verifications`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as { id?: string };
  if (answer.id === undefined) throw new Error(JSON.stringify(answer));
  return answer.id;
}
const waiting = (resource: string) => ask('db:delete', resource, { jit_access: true });
type Listed = { items: { id: string }[] };
const firstOf = async (id: string, args: readonly string[] = []) => ((await prints(id, args)) as Listed).items[0]?.id ?? '';

describe('what is published', () => {
  test('every verb has a schema, or prints nothing of its own', () => {
    const ids = registry.map(({ id }) => id).filter((id) => !withoutOutput.has(id));
    expect(Object.keys(outputs).sort()).toEqual(ids.sort());
  });

  test('lists are envelopes', () => {
    for (const action of registry) {
      if ('stream' in action || action.view.kind !== 'table' || withoutOutput.has(action.id)) continue;
      expect([action.id, outputSchema(action.id)?.['required']]).toEqual([
        action.id,
        expect.arrayContaining(['items', 'nextCursor', 'total']),
      ]);
    }
  });

  test('all of them are one document', () => {
    expect(Object.keys(allSchemas()['$defs'] as object)).toHaveLength(Object.keys(outputs).length + 2);
  });

  test('members are camelCase', () => {
    const names = JSON.stringify(allSchemas()).matchAll(/"properties":\{"([^"]+)"|,"([a-z]+_[a-z_]+)":/g);
    for (const [, first, snake] of names) expect(snake ?? first).toMatch(/^[a-z][a-zA-Z0-9]*$|^\$schema$/);
  });

  test('an error fits too', async () => {
    const { stderr, code } = await runHere(['agents', 'show', 'nobody', '--json'], {
      env: { ...machine.env, AIM_SERVER: plane.url },
    });
    expect(code).toBe(6);
    expect(strict('error').parse(JSON.parse(stderr))).toMatchObject({ exitCode: 6, docs: expect.any(String) });
  });

  test('a verb that is none is named', async () => {
    expect(await runHere(['schema', 'agents'], { env: machine.env })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('agents ls'),
    });
  });
});

describe('what is printed fits it', () => {
  test('about agents', async () => {
    await prints('agents.ls');
    await prints('agents.show', ['billing-bot']);
    await prints('agents.edit', ['billing-bot', '--description', 'Pays']);
    await prints('agents.capabilities.grant', ['billing-bot', 'files:write', '--yes']);
    await prints('agents.capabilities.edit', [
      'billing-bot',
      'files:write',
      '--from',
      '{executionMode: review, resources: ["/srv/*"]}',
    ]);
    await prints('agents.capabilities.ls', ['billing-bot']);
    await prints('agents.capabilities.revoke', ['billing-bot', 'files:write', '--yes']);
    await prints('agents.trust', ['billing-bot']);
    await prints('agents.history', ['billing-bot']);
    await prints('agents.suspend', ['billing-bot', '--yes']);
    await prints('agents.reactivate', ['billing-bot', '--yes']);
    await prints('a2a.card', ['billing-bot']);
    const other = generateSigningKey().publicKey;
    await prints('agents.create', ['old-bot', '--public-key', other]);
    await prints('agents.rotate-key', ['old-bot', '--yes']);
    await prints('agents.revoke', ['old-bot', '--confirm', 'old-bot']);
    await prints('agents.delete', ['old-bot', '--confirm', 'old-bot']);
  });

  test('about decisions', async () => {
    const [first, second] = [await waiting('users'), await waiting('orders')];
    await waiting('invoices');
    await prints('approvals.ls');
    await prints('approvals.show', [first]);
    await prints('approvals.comment', [first, 'looks right']);
    await prints('approvals.escalate', [first]);
    await prints('approvals.watch', ['--limit', '1']);
    await prints('approvals.approve', [first, '--yes', '--for', '10m', '--uses', '3']);
    await prints('approvals.deny', [second, '--reason', 'no']);
    await prints('approvals.history');
    await prints('approvals.revoke', [await firstOf('approvals.grants'), '--yes']);
    const receipt = join(machine.state, 'aim', 'receipts', `${first}-approve.json`);
    await prints('verify', [receipt]);
    const asked = await firstOf('requests.ls');
    await prints('requests.show', [asked]);
    await prints('requests.approve', [asked, '--yes']);
    await prints('agents.create', ['asks', '--public-key', generateSigningKey().publicKey, '--capability', 'db:read']);
    await prints('requests.reject', [await firstOf('requests.ls', ['--status', 'pending']), '--reason', 'no']);
    await prints('agents.delete', ['asks', '--confirm', 'asks']);
  });

  test('about events, alerts and the audit log', async () => {
    const denied = await ask('db:drop', 'everything');
    await prints('events.ls');
    await prints('events.show', [denied]);
    await prints('events.stats');
    await prints('events.tail', ['--no-follow']);
    await prints('events.tail', ['--type', 'all', '--backlog', '100', '--limit', '20', '--link']);
    await prints('why', [denied]);
    const alert = await firstOf('alerts.ls');
    await prints('alerts.ack', [alert]);
    await prints('alerts.resolve', [alert, '--resolution', 'done']);
    await prints('audit.show', [await firstOf('audit.ls')]);
    await prints('audit.verify');
  });

  test('about the control plane', async () => {
    await prints('users.create', ['li@example.com', '--role', 'manager', '--group', 'on-call']);
    const li = ((await prints('users.ls')) as { items: { id: string; email: string }[] }).items.find(({ email }) =>
      email.startsWith('li@'),
    )?.id as string;
    await prints('users.role', [li, 'member', '--yes']);
    await prints('users.groups', [li, 'on-call', 'security', '--yes']);
    await prints('users.deactivate', [li, '--yes']);
    await prints('users.activate', [li, '--yes']);
    await prints('users.deactivate', [li, '--yes']);
    await prints('users.delete', [li, '--confirm', li]);
    await prints('keys.create', ['ci']);
    const apiKey = await firstOf('keys.ls');
    await prints('keys.disable', [apiKey, '--yes']);
    await prints('keys.delete', [apiKey, '--yes']);
    const policy = { name: 'p', policyType: 'capability_violation', enforcementAction: 'alert_only', appliesTo: 'all' };
    await prints('policies.create', ['--from', JSON.stringify(policy), '--yes']);
    const made = await firstOf('policies.ls');
    await prints('policies.show', [made]);
    await prints('policies.edit', [made, '--from', '{"priority":11}', '--yes']);
    await prints('policies.disable', [made, '--yes']);
    await prints('policies.enable', [made, '--yes']);
    await prints('policies.delete', [made, '--confirm', made]);
    await prints('policies.approvals');
    await prints('enforcement.show');
    await prints('enforcement.set', ['strict', '--yes']);
    await prints('webhooks.ls');
  });

  test('about this program', async () => {
    await prints('status');
    await prints('whoami');
    await prints('config.ls');
    await prints('config.get', ['server']);
    await prints('config.explain', ['server']);
    await prints('config.schema');
    await prints('profile.create', ['prod', 'https://aim.example']);
    await prints('profile.ls');
    await prints('profile.use', ['prod']);
    await prints('profile.use', ['default']);
    await prints('profile.delete', ['prod', '--yes']);
    await prints('doctor');
    await prints('paths');
    await prints('version');
    await prints('help', ['filters']);
    await prints('schema', ['agents', 'ls']);
    await prints('api', ['GET', '/api/v1/agents']);
  });

  test('about MCP servers', async () => {
    const { home } = plantDemo(join(machine.root, 'demo'));
    await prints('mcp.detect', ['--home', home]);
    await prints('mcp.ls', ['--home', home]);
    await prints('mcp.check', ['--home', home]);
  });

  test('about security logs', async () => {
    const log = join(machine.root, 'security.log');
    writeFileSync(log, sampleLines.map((line) => `${line}\n`).join(''));
    await prints('logs.tail', [log, '--no-follow']);
    await prints('logs.query', [log]);
    await prints('logs.stats', [log]);
    await prints('logs.sql', ['SELECT type, count(*) AS n FROM log GROUP BY 1', log]);
    await prints('logs.verify', [log]);
    await prints('logs.timeline', [log]);
  });
});
