// What whoever asks has to say: a reason or a ticket by policy, in whose words, and how a ticket stands.

import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTickets } from '../../src/control-plane/tickets.ts';
import { dossierOf } from '../../src/state/approvals/facts.ts';
import { openWorld, type TestAgent, type World } from '../control-plane/support/world.ts';
import { shownOf } from './machine-driver.ts';
import { aSignedRequest, NOW } from './signed-request.ts';

let world: World;
let agent: TestAgent;
let desk: Server;
let folder: string;
const asked: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aim-tickets-'));
  desk = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (request.url === '/t/OPS-1') return void response.end('{"state":"In Progress","title":"x"}');
    response.writeHead(404).end();
  });
  await new Promise<void>((listening) => desk.listen(0, '127.0.0.1', listening));
  world = await openWorld({ tickets: `http://127.0.0.1:${(desk.address() as AddressInfo).port}/t/{}` });
  agent = await world.agent([]);
  await world.admin.call('PUT', '/api/v1/admin/approval-settings', {
    rules: [
      { name: 'why', capability: 'why:*', requesterGives: ['reason'], requesterPrompt: 'what for, and for whom' },
      { name: 'ticket', capability: 'ticket:*', requesterGives: ['ticket'] },
    ],
  });
});
afterAll(async () => {
  await world.stop();
  desk.close();
  await rm(folder, { recursive: true });
});

const ask = async (capability: string, context: object = {}) =>
  (await agent.ask(capability, { resource: '/srv/x', context: { requires_approval: true, ...context } })).body;

describe('where policy wants words of whoever asks', () => {
  test.each<[title: string, capability: string, context: object]>([
    ['nobody is asked without a reason', 'why:a', {}],
    ['nor with blanks for one', 'why:b', { reason: ' \u200b . ' }],
    ['nor with a ticket in its place', 'why:c', { ticket: 'OPS-1' }],
    ['nor without a ticket', 'ticket:a', { reason: 'because' }],
  ])('%s', async (_, capability, context) => {
    const answer = await ask(capability, context);
    expect(answer).toMatchObject({ status: 'denied', rule: 'requester-words' });
    expect(answer.denialReason).toContain('or nobody is asked');
    if (capability.startsWith('why')) expect(answer.denialReason).toContain('what for, and for whom');
  });

  test.each<[title: string, capability: string, context: object]>([
    ['a reason is enough', 'why:d', { reason: 'to pay Ana' }],
    ['under its other names, too', 'why:e', { justification: 'to pay Ana' }],
    ['a ticket is enough', 'ticket:b', { ticket: 4711 }],
    ['what other rules are for waits as ever', 'plain:a', {}],
  ])('%s', async (_, capability, context) => {
    expect((await ask(capability, context)).status).toBe('pending');
  });

  test('what waits already is not taken away by it', async () => {
    const { id } = await ask('plain:b');
    const answer = await world.admin.call('POST', `/api/v1/admin/verifications/${id}/approve`);
    expect(answer.body.status).toBe('approved');
  });
});

describe('a ticket', () => {
  const shown = async (context: object) => {
    const { id } = await ask('plain:t', context);
    return (await world.admin.call('GET', `/api/v1/admin/verifications/${id}`)).body.ticket;
  };

  test('is shown with its state, asked once', async () => {
    expect(await shown({ ticket: 'OPS-1' })).toEqual({ id: 'OPS-1', state: 'In Progress', problem: null });
    expect(await shown({ ticket: 'OPS-1', n: 2 })).toMatchObject({ state: 'In Progress' });
    expect(asked.filter((path) => path === '/t/OPS-1')).toHaveLength(1);
  });

  test.each<[title: string, ticket: string, problem: RegExp]>([
    ['that is not there', 'OPS-404', /did not answer/],
    ['that leads elsewhere', 'http://evil.example/x', /not the form/],
    ['that would be an option', '--config=/etc/passwd', /not the form/],
    ['that climbs', 'a/../../admin', /not the form/],
  ])('%s is said not to be known', async (_, ticket, problem) => {
    const view = await shown({ ticket });
    expect(view.state).toBeNull();
    expect(view.problem).toMatch(problem);
    expect(asked.every((path) => /^\/t\/OPS-\d+$/.test(path))).toBe(true);
  });

  test('is asked of a program without a shell, with its name as one word', async () => {
    const program = join(folder, 'state');
    await writeFile(program, '#!/bin/sh\necho "$# $1"\n');
    await chmod(program, 0o700);
    expect(await createTickets(program, Date.now).of({ ticket_id: 'A-1' })).toMatchObject({ state: '1 A-1' });
    expect(await createTickets(null, Date.now).of({ ticket_id: 'A-1' })).toBeNull();
  });

  test.each<[state: string | null, tone: string, words: string]>([
    ['In Progress', 'normal', 'OPS-1 is In Progress'],
    ['Closed (duplicate)', 'warning', 'OPS-1 is Closed (duplicate)'],
    [null, 'warning', 'OPS-1: not known (nobody answered)'],
  ])('in the panel: %s', (state, tone, words) => {
    const request = aSignedRequest({}, { ticket: { id: 'OPS-1', state, problem: 'nobody answered' } });
    const { verdict } = shownOf(request);
    const { facts } = dossierOf(request, verdict, { agent: null, otherNames: [], now: NOW });
    expect(facts.find(({ id }) => id === 'ticket')).toMatchObject({ tone, value: words, label: 'ticket' });
  });
});

test('no more requests of one agent wait than policy lets, and those beyond are denied in words', async () => {
  const settings = (await world.admin.call('GET', '/api/v1/admin/approval-settings')).body;
  const put = (members: object) => world.admin.call('PUT', '/api/v1/admin/approval-settings', members);
  expect((await put({ waitingPerAgent: 0 })).status).toBe(400);
  await put({ waitingPerAgent: 2, rules: [{ name: 'drops', capability: 'drop:*', waitingPerAgent: 1 }] });
  const noisy = await world.agent([]);
  const waits = async (capability: string, nth: number) =>
    (await noisy.ask(capability, { resource: '/srv/x', context: { requires_approval: true, nth } })).body;
  expect((await waits('drop:it', 1)).status).toBe('pending');
  expect(await waits('drop:it', 2)).toMatchObject({ status: 'denied', rule: 'too-many-waiting' });
  expect((await waits('file:read', 3)).status).toBe('pending');
  expect(await waits('file:read', 4)).toMatchObject({
    status: 'denied',
    denialReason: '2 requests of this agent already wait for a person',
  });
  await put({ rules: settings.rules });
});
