// A running control plane and the people and agents around it, for tests that speak HTTP like everybody else.

import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { vi } from 'vitest';
import { type ControlPlane, type ControlPlaneOptions, startControlPlane } from '../../../src/control-plane/start.ts';
import { actionMessage, actionTimestamp, toSignedAction } from '../../../src/crypto/action.ts';
import { agentRequestHeaders } from '../../../src/crypto/agent-request.ts';
import { generateSigningKey, type SigningKey } from '../../../src/crypto/ed25519.ts';
import { holdAgainstDocument } from './documented.ts';

// Each of these starts servers and hashes passwords; on a busy machine that takes its time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

// biome-ignore lint/suspicious/noExplicitAny: tests read whatever came
export type Answer = { status: number; headers: Headers; body: any };
export type Call = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>;

export type Person = { id: string; email: string; password: string; refreshToken: string; accessToken: string; call: Call };
export type TestAgent = {
  id: string;
  name: string;
  key: SigningKey;
  /** Signs each request with the agent's key. */
  call: Call;
  ask(capability: string, options?: { resource?: string | null; context?: object; timestamp?: string }): Promise<Answer>;
};

export type World = Awaited<ReturnType<typeof openWorld>>;

export async function openWorld(options: ControlPlaneOptions = {}) {
  const own = options.data === undefined && options.database === undefined ? await databaseOfOwn() : null;
  const adminEmail = `operator-${randomUUID().slice(0, 8)}@example.test`;
  const plane = await startControlPlane({
    adminEmail,
    adminPassword: 'correct horse battery staple',
    ...(own === null ? {} : { database: own.location }),
    ...options,
  });
  const second = await beside(plane.url, own?.location ?? options.database, options);
  const admin = await signIn(
    plane.url,
    options.adminEmail ?? adminEmail,
    options.adminPassword ?? 'correct horse battery staple',
  );

  return {
    url: plane.url,
    plane,
    admin,
    call: caller(plane.url, {}),
    stop: async () => {
      siblings.delete(plane.url);
      await Promise.all([plane.stop(), second?.stop()]);
      await own?.drop();
    },
    signIn: (email: string, password: string) => signIn(plane.url, email, password),

    /** Somebody of the same organisation. */
    async person(role: string, groups: string[] = []): Promise<Person> {
      const email = `${role}-${randomUUID().slice(0, 8)}@example.test`;
      const password = 'correct horse battery staple';
      await expectOk(admin.call('POST', '/api/v1/admin/users', { email, password, role, groups }), 201);
      return signIn(plane.url, email, password);
    },

    /** An administrator of another organisation on the same server. */
    async stranger(): Promise<Person> {
      const email = `stranger-${randomUUID().slice(0, 8)}@example.test`;
      const password = 'correct horse battery staple';
      await plane.addOrganization({ name: 'another', email, password });
      return signIn(plane.url, email, password);
    },

    /** Registered, and unless told otherwise verified, with these capabilities granted. */
    async agent(
      capabilities: string[] = [],
      { verified = true, by = admin }: { verified?: boolean; by?: Person } = {},
    ): Promise<TestAgent> {
      const key = generateSigningKey();
      const name = `agent-${randomUUID().slice(0, 8)}`;
      const { body } = await expectOk(
        by.call('POST', '/api/v1/agents', { name, displayName: name, publicKey: key.publicKey }),
        201,
      );
      if (verified) await expectOk(admin.call('POST', `/api/v1/agents/${body.id}/verify`), 200);
      for (const capabilityType of capabilities) {
        await expectOk(admin.call('POST', `/api/v1/agents/${body.id}/capabilities`, { capabilityType }), 201);
      }
      return asAgent(plane.url, body.id, name, key);
    },
  };
}

/** With AIM_TEST_INSTANCES=2, a second one on the same PostgreSQL: every other request then goes to it, as behind a balancer. */
async function beside(url: string, database: string | undefined, options: ControlPlaneOptions): Promise<ControlPlane | null> {
  if (process.env['AIM_TEST_INSTANCES'] !== '2' || database === undefined) return null;
  const second = await startControlPlane({ publicUrl: url, ...options, port: 0, database });
  siblings.set(url, second.url);
  return second;
}

const siblings = new Map<string, string>();
let calls = 0;

function balanced(url: string): string {
  calls += 1;
  return calls % 2 === 0 ? url : (siblings.get(url) ?? url);
}

/** A copy of the PostgreSQL database that AIM_TEST_DATABASE names, whose tables are made already; without that, null. */
export async function databaseOfOwn({ empty = false } = {}): Promise<{ location: string; drop(): Promise<void> } | null> {
  const form = process.env['AIM_TEST_DATABASE'];
  if (form === undefined) return null;
  const name = `aim_${randomUUID().replaceAll('-', '')}`;
  // Nobody may be connected to what is being copied.
  const beside = new URL('/postgres', form).toString();
  const run = (text: string): Promise<unknown> => onPostgres(beside, (client) => client.query(text));
  await run(empty ? `create database ${name}` : `create database ${name} template ${new URL(form).pathname.slice(1)}`);
  return {
    location: new URL(`/${name}`, form).toString(),
    drop: async () => void (await run(`drop database if exists ${name} with (force)`)),
  };
}

/** A connection of one's own, and it ends however the work ends: one that is left behind would fail somebody else later. */
export async function onPostgres<Result>(location: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: location });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

export async function signIn(url: string, email: string, password: string): Promise<Person> {
  const { body } = await expectOk(caller(url, {})('POST', '/api/v1/auth/login/local', { email, password }), 200);
  const { accessToken, refreshToken, user } = body;
  return {
    id: user.id,
    email,
    password,
    accessToken,
    refreshToken,
    call: caller(url, { authorization: `Bearer ${accessToken}` }),
  };
}

export function asAgent(url: string, id: string, name: string, key: SigningKey): TestAgent {
  const plain = caller(url, {});
  return {
    id,
    name,
    key,
    call: (method, path, body, headers = {}) => {
      const text = body === undefined ? '' : JSON.stringify(body);
      const signed = agentRequestHeaders({ agentId: id, key }, method, path, Math.floor(Date.now() / 1000), text);
      return plain(method, path, body, { ...signed, ...headers });
    },
    ask: (capability, { resource = null, context = {}, timestamp = actionTimestamp() } = {}) =>
      plain('POST', '/api/v1/sdk-api/verifications', signedAction({ id, key }, capability, { resource, context, timestamp })),
  };
}

export function signedAction(
  agent: { id: string; key: SigningKey },
  capability: string,
  {
    resource = null,
    context = {},
    timestamp = actionTimestamp(),
  }: { resource?: string | null; context?: object; timestamp?: string } = {},
) {
  const signature = agent.key.sign(
    actionMessage(toSignedAction({ agentId: agent.id, capability, resource, context, timestamp })),
  );
  return { agentId: agent.id, capability, resource, context, timestamp, signature, publicKey: agent.key.publicKey };
}

export function caller(url: string, fixed: Record<string, string>): Call {
  return async (method, path, body, headers = {}) => {
    const response = await fetch(`${balanced(url)}${path}`, {
      method,
      redirect: 'manual',
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...fixed, ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
    const answer = isJson && text !== '' ? JSON.parse(text) : text;
    const type = response.headers.get('content-type') ?? '';
    holdAgainstDocument({ method, path, status: response.status, type, body: answer });
    return { status: response.status, headers: response.headers, body: answer };
  };
}

export async function expectOk(answer: Promise<Answer>, status: number): Promise<Answer> {
  const got = await answer;
  if (got.status !== status) throw new Error(`expected ${status}, got ${got.status}: ${JSON.stringify(got.body)}`);
  return got;
}

/** Waits for something to hold, asking often. */
export async function until<Value>(look: () => Promise<Value | null | undefined | false>, limit = 30_000): Promise<Value> {
  const end = Date.now() + limit;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error('It did not come to hold in time.');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Signs in as a browser does: page, hidden members, form, redirect. Gives the code that came back. */
export async function codeByForm(
  url: string,
  person: { email: string; password: string },
  { redirectUri, state, challenge }: { redirectUri: string; state: string; challenge: string },
) {
  const query = new URLSearchParams({
    response_type: 'code',
    redirect_uri: redirectUri,
    state,
    code_challenge: challenge,
    code_challenge_method: 'S256',
  });
  const page = await fetch(`${url}/auth/login?${query}`);
  const html = await page.text();
  const hidden = [...html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)].map(
    ([, name = '', value = '']) => [name, unescapeHtml(value)] as const,
  );
  const form = new URLSearchParams([
    ...hidden.map(([name, value]) => [name, value]),
    ['email', person.email],
    ['password', person.password],
  ]);
  const cookie = page.headers.get('set-cookie')?.split(';')[0] ?? '';
  const answer = await fetch(`${url}/auth/login`, { method: 'POST', body: form, redirect: 'manual', headers: { cookie } });
  return { page, html, status: answer.status, location: answer.headers.get('location'), body: await answer.text() };
}

const unescapeHtml = (text: string): string =>
  text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
