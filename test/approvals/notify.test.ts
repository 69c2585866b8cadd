// People are told what waits and what was decided: over real sockets, to a real mail server, and never in words of an agent.

import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/control-plane/database/open.ts';
import { startNotifier } from '../../src/control-plane/notify/notifier.ts';
import type { Services } from '../../src/control-plane/services.ts';
import { type Channel, readChannels } from '../../src/notify/channels.ts';
import { messageOf } from '../../src/notify/message.ts';
import { attention } from '../../src/notify/terminal.ts';
import { ours } from '../../src/text/brand.ts';
import { openWorld, type Person, type TestAgent, until, type World } from '../control-plane/support/world.ts';

type Got = { path: string; headers: IncomingHttpHeaders; body: string };
let folder: string;
let web: Server;
let mail: SMTPServer;
let got: Got[] = [];
let letters: { to: string[]; text: string }[] = [];
let failures = 0;
let url: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aim-notify-'));
  web = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const fails = failures > 0;
      if (fails) failures -= 1;
      else got.push({ path: request.url ?? '', headers: request.headers, body });
      response.writeHead(fails ? 503 : 200).end();
    });
  });
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
  mail = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    onData(stream, session, done) {
      let text = '';
      stream.on('data', (chunk) => {
        text += chunk;
      });
      stream.on('end', () => {
        letters.push({ to: session.envelope.rcptTo.map(({ address }) => address), text });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => mail.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await new Promise((resolve) => web.close(resolve));
  await new Promise<void>((resolve) => mail.close(() => resolve()));
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  got = [];
  letters = [];
  failures = 0;
});

const channels = (): Channel[] => [
  { type: 'slack', name: 'chat', url: `${url}/slack`, for: ['reviewers', 'requesters'] },
  { type: 'ntfy', name: 'phone', url: `${url}/ntfy`, token: 't0ken', for: ['reviewers'] },
  { type: 'webhook', name: 'hook', url: `${url}/hook`, secret: 'x'.repeat(16), for: ['reviewers', 'requesters'] },
  {
    type: 'smtp',
    name: 'mail',
    host: '127.0.0.1',
    port: (mail.server.address() as AddressInfo).port,
    security: 'none',
    from: 'aim@example.test',
    for: ['reviewers', 'requesters'],
  },
];

describe('a control plane with channels', () => {
  let world: World;
  let agent: TestAgent;
  let owner: Person;
  let clock = Date.now();
  const HOSTILE = '\u001b]0;x\u0007 URGENT: <https://evil.example|click> @channel approve now';
  beforeAll(async () => {
    const onCall = join(folder, 'on-call');
    await writeFile(onCall, '#!/bin/sh\nenv | grep AIM_ >> "$1"\ncat "$1"\n');
    await chmod(onCall, 0o700);
    world = await openWorld({ notify: channels(), clock: () => clock, onCall: `${onCall} ${join(folder, 'who;rm')}` });
    owner = await world.person('member');
    agent = await world.agent([], { by: owner });
  });
  afterAll(() => world.stop());

  const ask = async (resource: string, context: object = {}) => {
    const timestamp = new Date(clock).toISOString();
    const { body } = await agent.ask('db:drop', { resource, context: { requires_approval: true, ...context }, timestamp });
    return body.id as string;
  };
  const about = (id: string, path: string) => got.filter((each) => each.path === path && each.body.includes(id));

  test('tells reviewers on request, over every channel, with the command that shows it', async () => {
    const id = await ask(HOSTILE);
    await until(async () => about(id, '/slack').length > 0 && about(id, '/ntfy').length > 0 && about(id, '/hook').length > 0);
    expect(JSON.parse(about(id, '/slack')[0]?.body ?? '').text).toContain(`\`aim approvals show ${id}\``);
    const [push] = about(id, '/ntfy');
    expect(push?.headers).toMatchObject({
      title: 'An agent waits for an approval (risk critical)',
      click: `${world.url}/approvals/${id}`,
      authorization: 'Bearer t0ken',
    });
    expect(about(id, '/hook')[0]?.headers['x-aim-signature']).toMatch(/^sha256=[0-9a-f]{64}$/);
    const letter = await until(async () => letters.find(({ text }) => text.includes(id)));
    expect(letter.to).toEqual([world.admin.email]);
    expect(letter.text).toMatch(/Auto-Submitted: auto-generated/);
    for (const each of [...got.map(({ body }) => body), letter.text]) expect(each).not.toMatch(/evil|channel|db:drop|\x1b/);
  });

  test('the link of the message ends in the command, and shows nothing to who is not signed in', async () => {
    const id = await ask('/srv/link');
    const page = await fetch(`${world.url}/approvals/${id}`);
    const html = await page.text();
    expect(html).toContain(`aim approvals show ${id}`);
    expect(html).not.toContain('/srv/link');
    expect(await (await fetch(`${world.url}/approvals/${encodeURIComponent('<script>')}`)).text()).not.toContain('<script>');
  });

  test('the same asked again is told once, and once only before it ends', async () => {
    const first = await ask('/same');
    await until(async () => about(first, '/slack').length === 1);
    clock += 1000;
    const again = await ask('/same');
    clock += 3_600_000 - 240_000;
    await until(async () => about(first, '/slack').length === 2);
    clock += 1000;
    const other = await world.agent();
    const later = (
      await other.ask('db:drop', { context: { requires_approval: true }, timestamp: new Date(clock).toISOString() })
    ).body.id as string;
    await until(async () => about(later, '/slack').length > 0);
    expect(about(again, '/slack')).toEqual([]);
    expect(about(first, '/slack').map(({ body }) => JSON.parse(body).text.split('\n')[0])).toEqual([
      '*An agent waits for an approval (risk critical)*',
      '*A request ends soon (risk critical)*',
    ]);
  });

  test('tells the owner of the agent what was decided, after it can be taken back no more', async () => {
    const admin = await world.signIn(world.admin.email, world.admin.password);
    const id = await ask('/decided');
    await until(async () => about(id, '/hook').length === 1);
    await admin.call('POST', `/api/v1/admin/verifications/${id}/deny`, { reason: HOSTILE });
    clock += 10_500;
    const letter = await until(async () => letters.find(({ text }) => text.includes(id) && text.includes('was denied')));
    expect(letter.to).toEqual([owner.email]);
    expect(letter.text).not.toContain('evil');
    expect(about(id, '/ntfy')).toHaveLength(1);
  });

  test('tells nobody of a decision that was taken back', async () => {
    const admin = await world.signIn(world.admin.email, world.admin.password);
    const id = await ask('/undone');
    await admin.call('POST', `/api/v1/admin/verifications/${id}/deny`, { reason: 'slip' });
    await admin.call('POST', `/api/v1/admin/verifications/${id}/undo`);
    clock += 10_500;
    const next = await ask('/after');
    await until(async () => about(next, '/hook').length === 1);
    expect(about(id, '/hook').map(({ body }) => JSON.parse(body).occasion)).toEqual(['requested']);
  });

  test('a nudge goes to who was assigned, once a minute', async () => {
    const admin = await world.signIn(world.admin.email, world.admin.password);
    const second = await world.person('admin');
    const id = await ask('/nudge');
    const assigned = await admin.call('POST', `/api/v1/admin/verifications/${id}/assign`, { to: second.email });
    expect(assigned.body.assignedTo).toBe(second.email);
    expect((await admin.call('POST', `/api/v1/admin/verifications/${id}/nudge`, {})).status).toBe(200);
    expect((await admin.call('POST', `/api/v1/admin/verifications/${id}/nudge`, {})).status).toBe(429);
    const letter = await until(async () => letters.find(({ text }) => text.includes(id) && text.includes('still missing')));
    expect(letter.to).toEqual([second.email]);
    expect((await admin.call('POST', `/api/v1/admin/verifications/${id}/assign`, { to: owner.email })).status).toBe(400);
  });

  test('who is on call is asked without a shell, and must be somebody who could review', async () => {
    const admin = await world.signIn(world.admin.email, world.admin.password);
    const id = await ask('/on-call');
    const assign = async (who: string) => {
      await writeFile(join(folder, 'who;rm'), who);
      return admin.call('POST', `/api/v1/admin/verifications/${id}/assign`, { to: 'on-call' });
    };
    expect((await assign(`${world.admin.email}\n`)).body.assignedTo).toBe(world.admin.email);
    expect((await assign(JSON.stringify({ email: owner.email }))).status).toBe(400);
    expect((await assign('nobody knows')).status).toBe(502);
    expect((await assign('x'.repeat(5000))).status).toBe(502);
  });
});

describe('delivery', () => {
  const open = async () => {
    const { queries } = await openDatabase({ location: ':memory:', durability: undefined });
    let clock = Date.now();
    const services = {
      queries,
      clock: () => clock,
      publicUrl: 'http://x',
      stopping: new AbortController().signal,
    } as unknown as Services;
    const message = messageOf({
      id: 'alert:1',
      occasion: 'approved',
      verificationId: 'v-1',
      riskLevel: 'low',
      waitsUntil: null,
      publicUrl: 'http://x',
      at: clock,
    });
    await queries
      .insertInto('messages')
      .values({
        id: 'alert:1|hook|',
        organizationId: 'o',
        channel: 'hook',
        subject: 'v-1',
        address: null,
        body: JSON.stringify(message),
        createdAt: clock,
        dueAt: clock,
        expiresAt: clock + 3_600_000,
        attempts: 0,
        deliveredAt: null,
        failedAt: null,
        problem: null,
      })
      .execute();
    const wait = (milliseconds: number) => {
      clock += milliseconds;
    };
    return { services, queries, wait };
  };
  const hook = (): Channel[] => channels().filter(({ name }) => name === 'hook');

  test('two instances deliver one message once', async () => {
    const { services } = await open();
    const both = [startNotifier(services, hook()), startNotifier(services, hook())];
    await Promise.all(both.map((each) => each.round()));
    await Promise.all(both.map((each) => each.stop()));
    // What the other server here still has to tell comes whenever it comes.
    expect(got.filter(({ body }) => body.includes('"alert:1"'))).toHaveLength(1);
  });

  test('what failed is tried again with the same id, until it arrives', async () => {
    const { services, queries, wait } = await open();
    failures = 2;
    const notifier = startNotifier(services, hook());
    await notifier.round();
    expect(await queries.selectFrom('messages').select('problem').executeTakeFirst()).toEqual({ problem: 'HTTP 503' });
    wait(2500);
    await notifier.round();
    wait(11_000);
    await notifier.round();
    await notifier.round();
    await notifier.stop();
    expect(got.map(({ headers }) => headers['idempotency-key'])).toEqual(['alert:1']);
  });
});

describe('the file of channels', () => {
  const read = async (content: unknown, env: NodeJS.ProcessEnv = {}) => {
    const path = join(folder, 'channels.json');
    await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
    return readChannels(path, env);
  };
  const one = (members: object) => ({ channels: [{ name: 'a', type: 'slack', ...members }] });

  test('takes secrets from the environment and from files', async () => {
    await writeFile(join(folder, 'secret'), 'https://hooks.example/from-file\n');
    expect(await read(one({ url: { env: 'HOOK' } }), { HOOK: 'https://hooks.example/s' })).toMatchObject([
      { url: 'https://hooks.example/s' },
    ]);
    expect(await read(one({ url: { file: join(folder, 'secret') } }))).toMatchObject([
      { url: 'https://hooks.example/from-file' },
    ]);
  });

  test.each<[title: string, content: unknown, words: RegExp]>([
    ['no JSON', '{', /it is no JSON/],
    ['a member that is misspelled', one({ url: 'https://x', fro: [] }), /fro/],
    ['an empty variable', one({ url: { env: 'NONE' } }), /the variable NONE is empty/],
    ['no web address', one({ url: 'file:///etc/passwd' }), /is no web address/],
    [
      'mail without TLS to another machine',
      { channels: [{ name: 'm', type: 'smtp', host: 'mail.example', security: 'none', from: 'a@b.example' }] },
      /without TLS only to this machine/,
    ],
  ])('refuses %s', async (_, content, words) => {
    await expect(read(content)).rejects.toThrow(words);
  });
});

test('a notification of the terminal holds nothing that the terminal would obey', () => {
  expect(attention('osc777', ours('2 wait; now\x1b]0;x'))).toBe('\x1b]777;notify;aim;2 wait, now]0,x\x07');
  expect([attention('bell', ours('x')), attention('none', ours('x'))]).toEqual(['\x07', '']);
});
