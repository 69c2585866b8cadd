// How far an agent is trusted, 0 to 1: nine factors of what happened, weighted (wire-agents §3.4).

import { isolationFactor } from './isolation.ts';

export const trustWeights = {
  verificationStatus: 0.25,
  uptime: 0.15,
  successRate: 0.15,
  securityAlerts: 0.15,
  compliance: 0.1,
  executionIsolation: 0.1,
  age: 0.05,
  driftDetection: 0.03,
  userFeedback: 0.02,
} as const;
export type TrustFactor = keyof typeof trustWeights;
export type TrustFactors = Record<TrustFactor, number>;

/** What is known of an agent; each may be nothing yet. */
export type TrustEvidence = {
  status: string;
  isCompromised: boolean;
  ageDays: number;
  /** The share of the time in which its heartbeats came; null where it sends none. */
  presence: number | null;
  /** Days since it was last heard of. */
  silentDays: number;
  allowed: number;
  denied: number;
  failed: number;
  openAlerts: { critical: number; high: number; warning: number };
  violations: number;
  hasDescription: boolean;
  hasRepository: boolean;
  keyExpired: boolean;
  driftEvents: number;
  /** 1 to 5. */
  ratings: readonly number[];
  isolation: string | null;
};

export type TrustScore = { score: number; factors: TrustFactors; contributions: TrustFactors; confidence: number };

export function trustScore(evidence: TrustEvidence): TrustScore {
  const factors = factorsOf(evidence);
  const contributions = mapFactors((factor) => factors[factor] * trustWeights[factor]);
  const sum = Object.values(contributions).reduce((total, part) => total + part, 0);
  const score = evidence.isCompromised || evidence.status === 'revoked' ? 0 : evidence.status === 'suspended' ? sum * 0.5 : sum;
  const actions = evidence.allowed + evidence.denied;
  return { score: round(score), factors, contributions, confidence: round(0.3 + 0.7 * Math.min(1, actions / 50)) };
}

function factorsOf(evidence: TrustEvidence): TrustFactors {
  // What failed was allowed before.
  const decided = evidence.allowed + evidence.denied;
  const { critical, high, warning } = evidence.openAlerts;
  return {
    verificationStatus: evidence.status === 'verified' ? 1 : evidence.status === 'pending' ? 0.3 : 0,
    // Of an agent that sends no heartbeats, only its silence is known; one that was never heard of has not failed yet.
    uptime: within(evidence.presence ?? 1 - Math.max(0, evidence.silentDays - 1) / 30),
    successRate: decided === 0 ? 0.8 : within((evidence.allowed - evidence.failed) / decided),
    securityAlerts: within(1 - critical * 0.5 - high * 0.25 - warning * 0.1),
    compliance: within(
      (evidence.hasDescription ? 0.4 : 0) +
        (evidence.hasRepository ? 0.2 : 0.1) +
        (evidence.keyExpired ? 0 : 0.4) -
        evidence.violations * 0.05,
    ),
    executionIsolation: isolationFactor(evidence.isolation),
    age: evidence.ageDays < 7 ? 0.3 : evidence.ageDays < 30 ? 0.5 : evidence.ageDays < 90 ? 0.75 : 1,
    driftDetection: within(1 - evidence.driftEvents * 0.2),
    userFeedback:
      evidence.ratings.length === 0
        ? 0.75
        : evidence.ratings.reduce((sum, rating) => sum + rating, 0) / evidence.ratings.length / 5,
  };
}

const within = (value: number): number => Math.min(1, Math.max(0, value));
const round = (value: number): number => Math.round(value * 10_000) / 10_000;
const mapFactors = (value: (factor: TrustFactor) => number): TrustFactors =>
  Object.fromEntries(Object.keys(trustWeights).map((factor) => [factor, round(value(factor as TrustFactor))])) as TrustFactors;
