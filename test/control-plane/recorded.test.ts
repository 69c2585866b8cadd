// What AIM's own server was asked and answered, asked of ours: every member that it gave is there, in either casing, and of the same type.

import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { camelCase } from '../../src/wire/casing.ts';
import { patternOf } from './support/documented.ts';
import { differences, withoutRoute } from './support/recorded-differences.ts';
import { openWorld, type World } from './support/world.ts';

type Exchange = {
  label: string;
  request: {
    method: string;
    path: string;
    headers?: Record<string, string>;
    body?: unknown;
    rawBody?: string;
    signedMessage?: string;
  };
  response: { status: number; body?: unknown };
};
const folder = new URL('../fixtures/recorded/', import.meta.url);
const journeys = readdirSync(folder)
  .filter((name) => name.endsWith('.json') && !['rate-limit.json', 'approvals.json', 'agent-signature.json'].includes(name))
  .map(
    (name) =>
      [
        name.replace('.json', ''),
        (JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as { exchanges: Exchange[] }).exchanges,
      ] as const,
  );

let world: World;
let key: string;
beforeAll(async () => {
  world = await openWorld({ allowInside: true });
  key = (await world.admin.call('POST', '/api/v1/api-keys', { name: 'recorded' })).body.apiKey;
});
afterAll(() => world.stop());

const ENDS_THE_SESSION = /auth\/(logout|revoke)$|sdk-tokens\/[^/]+\/revoke$/;

/** Recorded ids, and what they are called here. One for all journeys: they share agents and people. */
const ids = new Map<string, string>();
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const translated = (text: string): string => text.replace(UUID, (id) => ids.get(id) ?? id);

/** A walk through both at once: ids are learnt, what is missing or of another type is named by its path. */
function compare(theirs: unknown, ours: unknown, path: string, found: string[]): void {
  if (theirs === null || theirs === undefined) return;
  if (typeof theirs === 'string' && typeof ours === 'string' && new RegExp(`^${UUID.source}$`).test(theirs)) {
    if (new RegExp(`^${UUID.source}$`).test(ours)) ids.set(theirs, ours);
    return;
  }
  if (ours === undefined) return void found.push(`${path} is missing`);
  // Not set here, though it was there: a state, not a shape.
  if (ours === null) return;
  const [left, right] = [kindOf(theirs), kindOf(ours)];
  if (left !== right) return void found.push(`${path} is ${right}, not ${left}`);
  if (Array.isArray(theirs)) {
    if (theirs.length > 0 && (ours as unknown[]).length > 0) compare(theirs[0], (ours as unknown[])[0], `${path}[]`, found);
    return;
  }
  if (typeof theirs !== 'object') return;
  const members = new Map(Object.entries(ours as object).map(([name, value]) => [camelCase(name), value]));
  // Free objects hold what somebody put there.
  if (/(metadata|context|details|scope|rules|evidence|distribution)$/i.test(path)) return;
  for (const [name, value] of Object.entries(theirs))
    compare(value, members.get(camelCase(name)), `${path}.${camelCase(name)}`, found);
}

const kindOf = (value: unknown): string => (Array.isArray(value) ? 'a list' : typeof value);

describe.each(journeys)('%s', (_, exchanges) => {
  const asked = exchanges.filter(
    ({ request, response }) =>
      response.status < 300 &&
      !ENDS_THE_SESSION.test(request.path) &&
      request.signedMessage === undefined &&
      !Object.keys(request.headers ?? {}).some((name) => /signature/i.test(name)),
  );
  test.each(asked.map((exchange) => [exchange.label, exchange] as const))('%s', async (_label, { request, response }) => {
    const pattern = patternOf(request.method, request.path);
    if (pattern === null)
      return void expect(withoutRoute, `${request.method} ${request.path}`).toContain(
        `${request.method} ${request.path.split('?')[0]?.replace(UUID, ':id')}`,
      );
    const usesKey = Object.keys(request.headers ?? {}).some((name) => /api-key/i.test(name));
    const text = request.rawBody ?? (request.body === undefined ? undefined : JSON.stringify(request.body));
    const body = text === undefined ? undefined : translated(text);
    const ask = usesKey ? world.call : world.admin.call;
    const answer = await ask(request.method, translated(request.path), body, usesKey ? { 'X-API-Key': key } : {});
    const found: string[] = [];
    if (answer.status >= 300) found.push(`answers ${answer.status} ${answer.body?.reasonCode ?? ''}`.trim());
    else compare(response.body, answer.body, '', found);
    const known = differences.filter(({ at }) => at === `${request.method} ${pattern}`).flatMap(({ differs }) => differs);
    expect(
      found.filter((each) => !known.some((one) => each === one || (one.endsWith('*') && each.startsWith(one.slice(0, -1))))),
      `${request.method} ${pattern}`,
    ).toEqual([]);
  });
});
