// What the compiler knows of a secured function is what it does: each claim is checked by the types, and once by running it.

import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from 'vitest';
import { ActionDeniedError, type AIMClient, type Verification } from '../../src/index.ts';
import { scriptedAgent } from '../../src/testing/index.ts';

let agent: AIMClient;
let reports: ReturnType<typeof scriptedAgent>['reports'];
beforeAll(() => {
  ({ agent, reports } = scriptedAgent({ 'db:read': 'allowed', 'db:drop': { denied: 'no' } }));
});
afterAll(() => agent.close());

describe('agent.action keeps the types of', () => {
  test('a synchronous function: its arguments stay, its result becomes a promise', async () => {
    const add = agent.action('db:read')((left: number, right?: number) => left + (right ?? 1));
    expectTypeOf(add).toEqualTypeOf<(this: unknown, left: number, right?: number) => Promise<number>>();
    expect(await add(1)).toBe(2);
    // @ts-expect-error a text is no number
    await add('1');
  });

  test('an asynchronous function', async () => {
    const read = agent.action('db:read')(async (table: string, ...columns: string[]) => ({ table, columns }));
    expectTypeOf(read).toEqualTypeOf<
      (this: unknown, table: string, ...columns: string[]) => Promise<{ table: string; columns: string[] }>
    >();
    expect(await read('users', 'id', 'name')).toEqual({ table: 'users', columns: ['id', 'name'] });
  });

  test('a generic function', async () => {
    const same = agent.action('db:read')(async <Value>(value: Value) => value);
    const text = await same('text' as const);
    expectTypeOf(text).toEqualTypeOf<'text'>();
    expect(text).toBe('text');
  });

  test('a function of untyped code, and one with several outcomes', async () => {
    const parse = agent.action('db:read')((text: string) => JSON.parse(text));
    // biome-ignore lint/suspicious/noExplicitAny: the type under test
    expectTypeOf(parse).returns.toEqualTypeOf<Promise<any>>();
    expect(await parse('[1]')).toEqual([1]);
    const find = agent.action('db:read')((id: number): string | null | Promise<string> => (id === 0 ? null : 'ada'));
    expectTypeOf(await find(1)).toEqualTypeOf<string | null>();
  });

  test('a generator, which becomes asynchronous', async () => {
    const count = agent.action('db:read')(function* (upTo: number): Generator<number, string, boolean> {
      for (let at = 1; at <= upTo; at += 1) if (yield at) return 'stopped';
      return 'end';
    });
    expectTypeOf(count).toEqualTypeOf<(this: unknown, upTo: number) => AsyncGenerator<number, string, boolean>>();
    const counting = count(3);
    expect([await counting.next(false), await counting.next(false), await counting.next(true)]).toEqual([
      { done: false, value: 1 },
      { done: false, value: 2 },
      { done: true, value: 'stopped' },
    ]);
  });

  test('an asynchronous generator', async () => {
    const lines = agent.action('db:read')(async function* (name: string) {
      yield `${name} 1`;
    });
    expectTypeOf(lines).returns.toEqualTypeOf<AsyncGenerator<string, void, unknown>>();
    expect(await all(lines('a'))).toEqual(['a 1']);
  });

  test('a function that returns a generator without being one', async () => {
    async function* source(name: string) {
      yield `${name} 1`;
      yield `${name} 2`;
    }
    const lines = agent.action('db:read')((name: string) => source(name));
    expectTypeOf(lines).returns.toEqualTypeOf<AsyncGenerator<string, void, unknown>>();
    expect(await all(lines('a'))).toEqual(['a 1', 'a 2']);
    const denied = agent.action('db:drop')((name: string) => source(name));
    await expect(denied('a').next()).rejects.toBeInstanceOf(ActionDeniedError);
  });

  test('a function that gives a stream', async () => {
    const bytes = agent.action('db:read')(async () => new Blob(['text']).stream());
    expectTypeOf(bytes).returns.resolves.toHaveProperty('getReader');
    expect(await new Response(await bytes()).text()).toBe('text');
  });

  test('a method, as its decorator', async () => {
    class Store {
      readonly #rows = ['ada'];
      async rows(from: number): Promise<string[]> {
        return this.#rows.slice(from);
      }
    }
    type Rows = (this: Store, from: number) => Promise<string[]>;
    const decorate: (method: Rows, context: ClassMethodDecoratorContext<Store, Rows>) => Rows = agent.action('db:read');
    const rows = decorate(Store.prototype.rows, { name: 'rows' } as ClassMethodDecoratorContext<Store, Rows>);
    expect(await rows.call(new Store(), 0)).toEqual(['ada']);
  });
});

describe('agent.performAction keeps the types of', () => {
  test('what its function gives', async () => {
    expectTypeOf(agent.performAction('db:read', () => 7)).toEqualTypeOf<Promise<number>>();
    expectTypeOf(agent.performAction('db:read', { resource: 'users' }, async () => ['ada'])).toEqualTypeOf<Promise<string[]>>();
    const seen = await agent.performAction('db:read', (verification) => {
      expectTypeOf(verification).toEqualTypeOf<Verification | null>();
      return verification?.verified;
    });
    expectTypeOf(seen).toEqualTypeOf<true | undefined>();
    expect(seen).toBe(true);
  });

  test('a generator, synchronous or not, which is reported when it has ended', async () => {
    await agent.flush();
    const before = reports.length;
    const now = await agent.performAction('db:read', function* () {
      yield 1;
    });
    expectTypeOf(now).toEqualTypeOf<Generator<number, void, unknown>>();
    const later = await agent.performAction('db:read', async function* (): AsyncGenerator<number, void, unknown> {
      yield 2;
      throw new Error('cut');
    });
    expectTypeOf(later).toEqualTypeOf<AsyncGenerator<number, void, unknown>>();
    await agent.flush();
    expect(reports).toHaveLength(before);
    expect([...now]).toEqual([1]);
    await expect(all(later)).rejects.toThrow('cut');
    await agent.flush();
    expect(reports).toHaveLength(before + 2);
  });
});

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const seen: Item[] = [];
  for await (const item of items) seen.push(item);
  return seen;
}
