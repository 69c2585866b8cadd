// What holds for an agent as a whole: its states, how far it is trusted, how far it is walled in.

import { describe, expect, test } from 'vitest';
import { isolationFactor, walls } from '../../../src/control-plane/rules/isolation.ts';
import { type LifecycleAction, transition } from '../../../src/control-plane/rules/lifecycle.ts';
import { type TrustEvidence, type TrustFactor, trustScore } from '../../../src/control-plane/rules/trust-score.ts';

describe('the states of an agent', () => {
  const pending = 'A pending agent was never suspended: verify it instead.';
  test.each<[from: string, action: LifecycleAction, to: object]>([
    ['pending', 'verify', { to: 'verified', changed: true }],
    ['pending', 'suspend', { to: 'suspended', changed: true }],
    ['pending', 'reactivate', { refused: pending }],
    ['pending', 'revoke', { to: 'revoked', changed: true }],
    ['verified', 'verify', { to: 'verified', changed: false }],
    ['verified', 'suspend', { to: 'suspended', changed: true }],
    ['verified', 'reactivate', { to: 'verified', changed: false }],
    ['verified', 'revoke', { to: 'revoked', changed: true }],
    ['suspended', 'verify', { refused: 'A suspended agent cannot be verified: reactivate it instead.' }],
    ['suspended', 'suspend', { to: 'suspended', changed: false }],
    ['suspended', 'reactivate', { to: 'verified', changed: true }],
    ['suspended', 'revoke', { to: 'revoked', changed: true }],
    ['revoked', 'verify', { refused: 'A revoked agent cannot be verified: revocation is final.' }],
    ['revoked', 'suspend', { refused: 'A revoked agent cannot be suspended: revocation is final.' }],
    ['revoked', 'reactivate', { refused: 'A revoked agent cannot be reactivated: revocation is final.' }],
    ['revoked', 'revoke', { to: 'revoked', changed: false }],
    ['dormant', 'verify', { refused: 'A dormant agent cannot be verified: reactivate it instead.' }],
  ])('%s, %s', (from, action, to) => {
    expect(transition(from, action)).toEqual(to);
  });
});

const evidence = (members: Partial<TrustEvidence> = {}): TrustEvidence => ({
  status: 'verified', isCompromised: false, ageDays: 100, presence: 1, silentDays: 0, allowed: 50, denied: 0, failed: 0,
  openAlerts: { critical: 0, high: 0, warning: 0 }, violations: 0, hasDescription: true, hasRepository: true, keyExpired: false,
  driftEvents: 0, ratings: [5], isolation: 'sandbox=firecracker network=airgap filesystem=readonly process=full', ...members,
}); // biome-ignore format: one table

describe('trust', () => {
  test('is whole where nothing speaks against it, and every factor counts with its weight', () => {
    const { score, factors, contributions, confidence } = trustScore(evidence());
    expect({ score, confidence }).toEqual({ score: 1, confidence: 1 });
    expect(new Set(Object.values(factors))).toEqual(new Set([1]));
    expect(contributions).toEqual({
      verificationStatus: 0.25, uptime: 0.15, successRate: 0.15, securityAlerts: 0.15, compliance: 0.1,
      executionIsolation: 0.1, age: 0.05, driftDetection: 0.03, userFeedback: 0.02,
    }); // biome-ignore format: one table
  });

  test.each<[title: string, change: Partial<TrustEvidence>, score: number]>([
    ['none of who is compromised', { isCompromised: true }, 0],
    ['none of who is revoked', { status: 'revoked' }, 0],
    ['half of what is left of who is suspended', { status: 'suspended' }, 0.375],
    ['three quarters and a bit of who waits', { status: 'pending' }, 0.825],
  ])('is %s', (_, change, score) => {
    expect(trustScore(evidence(change)).score).toBe(score);
  });

  test.each<[factor: TrustFactor, change: Partial<TrustEvidence>, is: number]>([
    ['verificationStatus', { status: 'suspended' }, 0],
    ['verificationStatus', { status: 'pending' }, 0.3],
    ['uptime', { presence: 0.4 }, 0.4],
    ['uptime', { presence: null, silentDays: 1 }, 1],
    ['uptime', { presence: null, silentDays: 16 }, 0.5],
    ['uptime', { presence: null, silentDays: 90 }, 0],
    ['successRate', { allowed: 0, denied: 0 }, 0.8],
    ['successRate', { allowed: 6, denied: 4 }, 0.6],
    ['successRate', { allowed: 6, denied: 4, failed: 3 }, 0.3],
    ['successRate', { allowed: 1, denied: 1, failed: 2 }, 0],
    ['securityAlerts', { openAlerts: { critical: 1, high: 0, warning: 0 } }, 0.5],
    ['securityAlerts', { openAlerts: { critical: 0, high: 1, warning: 0 } }, 0.75],
    ['securityAlerts', { openAlerts: { critical: 0, high: 0, warning: 1 } }, 0.9],
    ['securityAlerts', { openAlerts: { critical: 2, high: 1, warning: 1 } }, 0],
    ['compliance', { hasDescription: false }, 0.6],
    ['compliance', { hasRepository: false }, 0.9],
    ['compliance', { keyExpired: true }, 0.6],
    ['compliance', { violations: 4 }, 0.8],
    ['compliance', { violations: 40 }, 0],
    ['age', { ageDays: 0 }, 0.3],
    ['age', { ageDays: 7 }, 0.5],
    ['age', { ageDays: 30 }, 0.75],
    ['age', { ageDays: 90 }, 1],
    ['driftDetection', { driftEvents: 1 }, 0.8],
    ['driftDetection', { driftEvents: 9 }, 0],
    ['userFeedback', { ratings: [] }, 0.75],
    ['userFeedback', { ratings: [1, 4] }, 0.5],
    ['executionIsolation', { isolation: null }, 0.5],
  ])('has the factor %s, with %j: %d', (factor, change, is) => {
    expect(trustScore(evidence(change)).factors[factor]).toBeCloseTo(is, 10);
  });

  test.each<[actions: number, confidence: number]>([
    [0, 0.3],
    [25, 0.65],
    [50, 1],
    [5000, 1],
  ])('after %d actions is sure by %d', (actions, confidence) => {
    expect(trustScore(evidence({ allowed: 0, denied: actions })).confidence).toBe(confidence);
  });
});

describe('isolation', () => {
  test.each<[reported: string | null, factor: number]>([
    [null, 0.5],
    ['none', 0.2],
    ['process', 0.6],
    ['container', 0.8],
    ['docker', 0.6],
    ['sandbox', 0.9],
    ['vm', 1],
    ['microvm', 1],
    ['enclave', 1],
    ['a cave', 0.5],
    ['constructor', 0.5],
    ['sandbox=none network=none', 0.2],
    ['sandbox=docker', 0.6],
    ['sandbox=docker network=airgap', 0.725],
    ['sandbox=firecracker network=airgap filesystem=readonly process=full', 1],
    ['sandbox=constructor', 0.2],
    ['constructor=name', 0.2],
    ['moat=deep process=seccomp', 0.55],
  ])('%s: %d', (reported, factor) => {
    expect(isolationFactor(reported)).toBeCloseTo(factor, 10);
  });

  test('knows four walls', () => {
    expect(walls).toEqual(['sandbox', 'network', 'filesystem', 'process']);
  });
});
