// Look-ups of packages at a registry that answers as npm and PyPI do: asked once each, bounded, and never a finding for a failure.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lookUpPackages } from '../../src/mcp/checks/look-up.ts';
import type { DetectedServer } from '../../src/mcp/record.ts';

const now = Date.parse('2026-11-23T00:00:00Z');
const answers: Record<string, unknown> = {
  '/@example%2Ffine': npm('1.0.0', '2025-01-01T00:00:00Z'),
  '/old': npm('1.0.0', '2025-01-01T00:00:00Z', { deprecated: 'use another' }),
  '/fresh': npm('1.0.0', '2026-11-22T00:00:00Z'),
  '/pypi/mine/1.0.0/json': { info: { yanked: true }, urls: [{ upload_time_iso_8601: '2025-01-01T00:00:00Z' }] },
  '/strange': [1, 2],
};
const asked: string[] = [];
let server: Server;
let address = '';
beforeAll(async () => {
  server = createServer(({ url = '' }, response) => {
    asked.push(url);
    const answer = answers[url];
    if (url === '/elsewhere') return void response.writeHead(302, { location: 'http://169.254.169.254/' }).end();
    if (url === '/broken') return void response.end('{');
    response.writeHead(answer === undefined ? 404 : 200).end(JSON.stringify(answer ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

function npm(version: string, at: string, more: object = {}) {
  return { 'dist-tags': { latest: version }, versions: { [version]: { ...more } }, time: { [version]: at } };
}

const started = (command: string, ...args: string[]) =>
  ({ key: args.join(' '), name: args.join(' '), command, args, sightings: [] }) as unknown as DetectedServer;
const lookUp = (...servers: DetectedServer[]) =>
  lookUpPackages(servers, { env: { npm_config_registry: address, AIM_PYPI: address }, now: () => now });

test.each<[title: string, server: DetectedServer, expected: string[]]>([
  ['a package that is there', started('npx', '-y', '@example/fine@1.0.0'), []],
  ['one that is not', started('npx', '-y', 'nobody-has-this'), ['mcp/unknown-package']],
  ['a version that is not', started('npx', '@example/fine@9.9.9'), ['mcp/unknown-package']],
  ['one that is deprecated', started('npx', 'old'), ['mcp/withdrawn-package']],
  ['one from yesterday', started('npx', 'fresh@1.0.0'), ['mcp/new-package']],
  ['a release that was yanked', started('uvx', 'mine==1.0.0'), ['mcp/withdrawn-package']],
  ['a program of its own', started('node', 'server.js'), []],
])('%s', async (_, one, expected) => {
  const { findings, problems } = await lookUp(one);
  expect(findings.map(({ rule }) => rule)).toEqual(expected);
  expect(problems).toEqual([]);
});

test('two servers of one package are one question', async () => {
  asked.length = 0;
  const { findings } = await lookUp(started('npx', 'old'), started('npx', 'old'));
  expect([asked, findings.length]).toEqual([['/old'], 2]);
});

test('a registry that leads elsewhere or answers with nonsense is a problem, not a finding', async () => {
  const { findings, problems } = await lookUp(started('npx', 'elsewhere'), started('npx', 'broken'));
  expect([findings, problems.length]).toEqual([[], 2]);
  expect(
    (await lookUpPackages([started('npx', 'x')], { env: { npm_config_registry: 'http://127.0.0.1:9' } })).problems,
  ).toHaveLength(1);
});
