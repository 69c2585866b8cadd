// What a decision is to an agent's author: a plain object whose members are named as in the reference.

import { visible } from '../text/visible.ts';
import type { RiskLevel, Timestamp } from '../wire/scalars.ts';
import type { EnforcementMode, Grant, VerificationAnswer } from '../wire/verification.ts';
import type { ApprovalProgress } from './await-approval.ts';
import type { KnownMode, ModeSource } from './enforcement.ts';
import type { TelemetrySeam } from './telemetry/recorder.ts';

/** An action that AIM allowed. There is no such object for one that it did not: those are errors. */
export type Verification = {
  verified: true;
  verificationId: string;
  /** A person's name, or `system` where a rule decided. */
  approvedBy: string | null;
  /** How long the decision holds, RFC 3339. */
  expiresAt: Timestamp | null;
  status: 'approved';
  /** How the server enforces, and whether it said so in this answer. */
  mode: EnforcementMode;
  modeSource: ModeSource;
  riskLevel: RiskLevel;
  /** 0 to 1. */
  trustScore: number | null;
  /** A permission for several uses or a time, where the approval made one. */
  grant: Grant | null;
};

/** What an action is done to, how risky it is, and how long to wait for a person. */
export type VerifyOptions = {
  /** What the action is done to. Operators see it, and it is signed. */
  resource?: string | undefined;
  /** What else an operator should know: plain JSON, signed with the rest. Never put secrets here. */
  context?: Readonly<Record<string, unknown>> | undefined;
  /** How long to wait for a person. Default 300, with `requireApproval` 3600. */
  timeoutSeconds?: number | undefined;
  /** Ask a person where the rules would refuse. */
  jitAccess?: boolean | undefined;
  /** Ask a person in any case. */
  requiresApproval?: boolean | undefined;
  /** Ask for a permission that lasts: so many seconds, so many uses. A person may grant less. */
  durationSeconds?: number | undefined;
  uses?: number | undefined;
  /** Default: by the name of the capability. */
  riskLevel?: RiskLevel | undefined;
  /** Inferences of yours to join to the decision, where telemetry is on. */
  telemetry?: TelemetrySeam | undefined;
  signal?: AbortSignal | undefined;
  /** Told again and again while a person has not decided. */
  onWaiting?: ((progress: ApprovalProgress) => void) | undefined;
};

export function verificationOf(answer: VerificationAnswer, { mode, source }: KnownMode): Verification {
  return {
    verified: true,
    verificationId: answer.id,
    approvedBy: answer.approvedBy === null ? null : visible(answer.approvedBy, { max: 200 }),
    expiresAt: answer.expiresAt,
    status: 'approved',
    mode,
    modeSource: source,
    riskLevel: answer.riskLevel,
    trustScore: answer.trustScore,
    grant: answer.grant,
  };
}
