// A part of an id on the command line: what it stands for, and that no decision is ever about another request than the one that was seen.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { freshMachine, type Machine } from '../pty/terminal.ts';
import { runHere } from './in-process.ts';
import { type ScriptedServer, scriptedServer } from './stage.ts';

const END = '4f3a9c1e77d2';
const SEEN = `01996f00-0000-7000-8000-${END}`;
const SAME_END = `01996f11-1111-7111-8111-${END}`;
const OTHER = '01996f22-2222-7222-8222-aaaaaaaa0001';
const agent = '01996e00-0000-7000-8000-00000000beef';
const request = (id: string, status = 'pending') => ({
  id,
  agent_id: agent,
  agent_name: 'billing-bot',
  action_type: 'files:write',
  resource: '/srv/reports',
  status,
  requested_at: '2026-11-23T10:00:00Z',
});

let machine: Machine;
let server: ScriptedServer;
let waiting: ReturnType<typeof request>[] = [];
let decided: ReturnType<typeof request>[] = [];
const sent = () => server.requests.filter(({ method }) => method !== 'GET').map(({ method, url }) => `${method} ${url}`);

function answer({ method, url = '' }: IncomingMessage, response: ServerResponse): unknown {
  const { pathname, searchParams } = new URL(url, 'http://here');
  const say = (body: unknown, status = 200) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    return response.end(JSON.stringify(body));
  };
  const page = (Number(searchParams.get('page') ?? 1) - 1) * Number(searchParams.get('page_size') ?? 50);
  if (pathname.endsWith('/pending')) {
    const requests = waiting.slice(page, page + Number(searchParams.get('page_size')));
    return say({ verifications: requests, requests, total: waiting.length });
  }
  if (pathname === '/api/v1/verification-events') {
    const from = Number(searchParams.get('offset') ?? 0);
    return say({ events: [...waiting, ...decided].slice(from, from + 100), total: waiting.length + decided.length });
  }
  const named = [...waiting, ...decided].find(({ id }) => pathname.includes(id));
  if (named === undefined) return say({ error: 'not found' }, 404);
  if (method === 'POST') named.status = 'denied';
  return say(named);
}

beforeAll(async () => {
  machine = freshMachine();
  server = await scriptedServer(answer);
});
afterAll(async () => {
  await server?.close();
  machine?.remove();
});
beforeEach(() => {
  server.requests.length = 0;
  [waiting, decided] = [[request(SEEN), request(OTHER)], []];
});

const aim = (args: string, columns?: number) =>
  runHere(args.split(' '), {
    env: { ...machine.env, AIM_SERVER: server.url, AIM_TOKEN: 'a.b.c' },
    ...(columns === undefined ? {} : { columns }),
  });
const deny = (id: string, more = '') => aim(`approvals deny ${id} --reason no${more}`);

describe('a table', () => {
  test('that does not fit a terminal shows the ends of ids, and what an agent asks for is whole', async () => {
    const { stdout } = await aim('approvals ls', 80);
    expect(stdout).toMatch(/9c1e77d2 {2}billing-bot {2}files:write {2}\/srv\/reports/);
    expect(stdout).not.toContain(SEEN);
  });
  test('shows as much of them as tells them apart', async () => {
    waiting.push(request(`01996f11-1111-7111-8119-${END}`));
    const { stdout } = await aim('approvals ls', 80);
    expect(stdout).toContain(`0-${END}`);
    expect(stdout).toContain(`9-${END}`);
  });
  test.each<[title: string, args: string, columns: number | undefined]>([
    ['that fits', 'approvals ls', 200],
    ['in a pipe', 'approvals ls', undefined],
    ['in a pipe that is told to be a table', 'approvals ls -o table', undefined],
    ['that is told to cut nothing', 'approvals ls --no-trunc', 80],
    ['of ids alone', 'approvals ls --quiet', 80],
    ['as JSON', 'approvals ls --json', 80],
    ['of ids and nothing else', 'approvals ls --columns id', 80],
  ])('%s shows whole ids', async (_, args, columns) => {
    expect((await aim(args, columns)).stdout).toContain(SEEN);
  });
});

describe('a decision by a part of an id', () => {
  test.each<[title: string, part: string]>([
    ['its end', '9c1e77d2'],
    ['its end in capitals', '9C1E77D2'],
    ['the six last', '1e77d2'],
    ['its beginning', '01996f00'],
    ['what a table cut', '…9c1e77d2'],
  ])('by %s is about the request, and says which', async (_, part) => {
    const { code, stderr } = await deny(part);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining(` is ${SEEN}\n`) });
    expect(sent()).toEqual([`POST /api/v1/admin/verifications/${SEEN}/deny`]);
  });

  test.each<[title: string, others: () => void]>([
    ['another came meanwhile that ends alike', () => waiting.push(request(SAME_END))],
    [
      'the one that was seen is decided, and another that ends alike waits',
      () => {
        waiting = [request(SAME_END)];
        decided = [request(SEEN, 'approved')];
      },
    ],
    [
      'another that ends alike stands on the last of many pages',
      () => waiting.push(...Array.from({ length: 250 }, (_, i) => request(filler(i))), request(SAME_END)),
    ],
  ])('decides nothing where %s', async (_, others) => {
    others();
    const { code, stderr } = await deny(END);
    expect({ code, sent: sent() }).toEqual({ code: 6, sent: [] });
    for (const id of [SEEN, SAME_END]) expect(stderr).toContain(id);
    expect(stderr).toContain('Nothing was done.');
  });

  test('that stands in none is an error that names the nearest, and decides nothing', async () => {
    const { code, stderr } = await deny('9c1e77d3');
    expect({ code, stderr, sent: sent() }).toEqual({
      code: 6,
      stderr: expect.stringContaining(`Did you mean ${SEEN}?`),
      sent: [],
    });
  });

  test('of less than six signs is no part of one', async () => {
    expect(await deny('e77d2')).toMatchObject({ code: 6 });
    expect(sent()).toEqual([]);
  });

  test('says nothing beside the one object of --json', async () => {
    const { stdout, stderr } = await deny('9c1e77d2', ' --json');
    expect({ id: JSON.parse(stdout).id, stderr }).toEqual({ id: SEEN, stderr: '' });
  });
});

const filler = (index: number) => `01996f33-3333-7333-8333-${String(index).padStart(12, '0')}`;
