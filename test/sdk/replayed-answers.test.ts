// An answer that was given before is none to a new question, also from servers that do not say what they answer.

import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { AIMClient } from '../../src/index.ts';
import { answerJson, smallServer } from '../http/small-server.ts';

let idOf: (count: number) => string = String;
let count = 0;
let server: Awaited<ReturnType<typeof smallServer>>;
beforeAll(async () => {
  // As AIM's own server answers: nothing in it says which action was asked about.
  server = await smallServer(({ url }, response) => {
    if (!url.endsWith('/verifications')) return answerJson(response, {});
    count += 1;
    answerJson(response, { id: idOf(count), status: 'approved', approved_by: 'system', trust_score: 0.7 });
  });
});
afterAll(() => server.stop());

const newAgent = (): AIMClient => {
  count = 0;
  return new AIMClient({ agentId: 'a', privateKey: Buffer.alloc(32, 1).toString('base64'), aimUrl: server.url, maxRetries: 0 });
};
const perform = (agent: AIMClient, action: () => void): Promise<void> =>
  agent.performAction('db:read', { autoRegister: false }, action);

test('an approval that comes a second time is refused, and the next one is taken', async () => {
  idOf = (at) => (at === 11 ? 'v3' : `v${at}`);
  const agent = newAgent();
  const action = vi.fn();
  for (let at = 0; at < 10; at += 1) await perform(agent, action);
  await expect(perform(agent, action)).rejects.toMatchObject({ code: 'verification.other-answer' });
  expect(action).toHaveBeenCalledTimes(10);
  await perform(agent, action);
  expect(action).toHaveBeenCalledTimes(11);
  await agent.close();
});

test.each<[title: string, ids: (at: number) => string]>([
  ['one id for everything', () => 'v'],
  ['a few ids by turns', (at) => `v${at % 5}`],
])('a server that has %s is not asked for more', async (_, ids) => {
  idOf = ids;
  const agent = newAgent();
  const action = vi.fn();
  for (let at = 0; at < 20; at += 1) await perform(agent, action);
  expect(action).toHaveBeenCalledTimes(20);
  await agent.close();
});
