// What `aim agents trust` shows a person: the nine factors in words, the heaviest first, and no JSON.

import { describe, expect, test } from 'vitest';
import { trustView } from '../../commands/agents/trust-view.ts';
import { render } from '../../commands/output/render.ts';
import type { OutputStyle } from '../../commands/output/style.ts';
import { trustScore, trustWeights } from '../../src/control-plane/rules/trust-score.ts';

const evidence: Parameters<typeof trustScore>[0] = {
  status: 'verified',
  isCompromised: false,
  ageDays: 100,
  presence: 0.995,
  silentDays: 0,
  allowed: 3,
  denied: 1,
  failed: 0,
  openAlerts: { critical: 0, high: 1, warning: 0 },
  violations: 0,
  hasDescription: true,
  hasRepository: false,
  keyExpired: false,
  driftEvents: 1,
  ratings: [],
  isolation: null,
};
const { score, factors, contributions, confidence } = trustScore(evidence);
const answer = { agentName: 'billing-bot', overall: score, factors, weights: trustWeights, contributions, confidence };
const shown = (change: object) =>
  render({ ...answer, ...change }, trustView, {
    format: 'table',
    isTerminal: true,
    width: 80,
    columns: null,
    sort: null,
  } as OutputStyle);

describe('the trust of an agent', () => {
  test('is its score, and each factor in words with what it reached, weighs and adds', async () => {
    const text = await shown({});
    expect(text).not.toMatch(/[{}"]|[a-z][A-Z]/);
    const rows = text.split('\n').slice(text.split('\n').findIndex((line) => line.startsWith('Made of')) + 1, -1);
    expect(rows).toHaveLength(Object.keys(trustWeights).length);
    expect(rows[0]).toMatch(/^Verified by a person +100 % +25 % +25 %$/);
    expect(rows.find((line) => line.startsWith('Actions that succeed'))).toMatch(/ 75 % +15 % +11\.3 %$/);
    expect(new Set(rows.map((line) => line.length)).size).toBe(1);
  });

  test.each<[title: string, change: object, expected: RegExp]>([
    ['names a factor of another server by its member', { factors: { moonPhase_x: 0.5 } }, /^moon phase x +50 % +- +-$/m],
    ['shows no control characters of a name', { factors: { '\u001b[31mred': 1 } }, /^(?!.*\u001b).*red/ms],
    ['says where the server does not tell', { factors: undefined }, /^The server does not say what it is made of\.$/m],
    ['takes the score under either name', { trustScore: 0.4 }, /^Trust +40 %$/m],
  ])('%s', async (_, change, expected) => {
    expect(await shown(change)).toMatch(expected);
  });
});
