// May this agent do this? Asks, waits for a person where one must decide, and logs how it went. Throws for every "no".

import { detectRisk, riskLadder } from '../detect/risk.ts';
import { ActionDeniedError, AIMError, ConfigurationError } from '../errors.ts';
import { securityLogger } from '../security-log/configure.ts';
import type { RiskLevel } from '../wire/scalars.ts';
import type { VerificationAnswer } from '../wire/verification.ts';
import { ask } from './ask.ts';
import { type ApprovalProgress, awaitApproval } from './await-approval.ts';
import type { Enforcement } from './enforcement.ts';
import type { Link } from './link.ts';
import { needsReceipt, type ReceiptDemand } from './receipt-demand.ts';
import type { Recorder } from './telemetry/recorder.ts';
import { type Verification, type VerifyOptions, verificationOf } from './verification.ts';

export type Verifier = (capability: string, options?: VerifyOptions) => Promise<Verification>;

export type VerifierOptions = {
  onWaiting?: ((progress: ApprovalProgress) => void) | undefined;
  requireReceipts?: ReceiptDemand | undefined;
  recorder?: Recorder | undefined;
};

export function createVerifier(
  link: Link,
  enforcement: Enforcement,
  { onWaiting, requireReceipts, recorder }: VerifierOptions = {},
): Verifier {
  return async (capability, given = {}) => {
    const asksForReceipt = requireReceipts !== undefined && needsReceipt(requireReceipts, riskOf(capability, given));
    // Only a person can sign: where a signature is needed, a person is asked.
    const options = asksForReceipt ? { ...given, requiresApproval: true } : given;
    const question = questionOf(capability, options);
    const { agentId } = link.identity;
    const logged = { action: capability, resource: question.resource ?? undefined, agentId, agentName: link.agentName };
    const timeoutMs = secondsOf(options) * 1000;
    let answer: VerificationAnswer | undefined;
    const correlation = recorder?.begin();
    const observed = { capability, resource: question.resource, seam: options.telemetry };
    try {
      const { answer: first, asked } = await ask(link, correlation ? { ...question, headers: correlation.headers } : question);
      answer = first;
      const provable = async (approval: VerificationAnswer): Promise<void> => {
        if (requireReceipts === undefined || !(asksForReceipt || needsReceipt(requireReceipts, approval.riskLevel))) return;
        const { checkReceipts } = await import('./receipt-check.ts');
        checkReceipts(approval, asked, requireReceipts, link.clock.now());
      };
      if (answer.status === 'pending') {
        securityLogger.logAuthorization('JIT_REQUEST', { ...logged, granted: false, correlationId: answer.id });
        answer = await awaitApproval(link, answer, asked, {
          timeoutMs,
          signal: options.signal,
          onWaiting: options.onWaiting ?? onWaiting,
        });
        await provable(answer);
        securityLogger.logAuthorization('JIT_APPROVED', { ...logged, granted: true, correlationId: answer.id });
      } else {
        await provable(answer);
        securityLogger.logAuthorization('CAPABILITY_GRANTED', { ...logged, granted: true, correlationId: answer.id });
      }
    } catch (error) {
      logRefusal(error, logged, answer);
      if (correlation) recorder?.decided(correlation.id, observed, error);
      throw error;
    }
    if (correlation) recorder?.decided(correlation.id, observed);
    return verificationOf(answer, enforcement.resolve(answer.enforcementMode));
  };
}

/** Whether this action is a person's to decide, so that no rule and no mode may stand in for the person. */
export const isForPerson = (capability: string, options: VerifyOptions, receipts: ReceiptDemand | undefined): boolean =>
  options.jitAccess === true || options.requiresApproval === true || needsReceipt(receipts, riskOf(capability, options));

const riskOf = (capability: string, { riskLevel }: VerifyOptions): RiskLevel =>
  riskLevel ?? detectRisk(String(capability)).level;

const DEFAULT_SECONDS = 300;
const APPROVAL_SECONDS = 3600;
const GRACE_SECONDS = 5; // a decision in the last second still arrives

function secondsOf({ timeoutSeconds, requiresApproval }: VerifyOptions): number {
  const seconds = timeoutSeconds ?? (requiresApproval ? APPROVAL_SECONDS : DEFAULT_SECONDS);
  if (Number.isFinite(seconds) && seconds > 0) return seconds;
  throw new ConfigurationError('action.timeout', {
    message: `timeoutSeconds is a number above 0, not ${String(seconds)}.`,
    field: 'timeoutSeconds',
  });
}

/** @throws ConfigurationError for what a server could not understand: found here, where the caller's line is in the stack. */
function questionOf(capability: string, options: VerifyOptions) {
  if (typeof capability !== 'string' || capability.trim() === '' || capability.length > 200) {
    throw new ConfigurationError('action.capability', {
      message: 'A capability is a name such as "db:read", 1 to 200 characters.',
      field: 'capability',
    });
  }
  const { resource = null, context = {}, riskLevel, jitAccess, requiresApproval, signal } = options;
  if (resource !== null && typeof resource !== 'string') {
    throw new ConfigurationError('action.resource', {
      message: `The resource of ${capability} is a text, not a ${typeof resource}.`,
      field: 'resource',
    });
  }
  if (typeof context !== 'object' || context === null || Array.isArray(context)) {
    throw new ConfigurationError('action.context', {
      message: `The context of ${capability} is an object of plain JSON values.`,
      field: 'context',
    });
  }
  if (riskLevel !== undefined && !riskLadder.includes(riskLevel)) {
    throw new ConfigurationError('action.risk-level', {
      message: `A risk level is one of ${riskLadder.join(', ')}.`,
      field: 'riskLevel',
    });
  }
  const asksForPerson = jitAccess || requiresApproval;
  return {
    capability,
    resource,
    riskLevel,
    signal,
    context: {
      ...context,
      ...(jitAccess && { jit_access: true }),
      ...(requiresApproval && { requires_approval: true }),
      ...(asksForPerson && { risk_level: riskLevel ?? detectRisk(capability).level }),
      // So that the request ends on the server soon after nobody here waits for it any more.
      ...(asksForPerson && { timeout_seconds: Math.ceil(secondsOf(options)) + GRACE_SECONDS }),
      ...(options.durationSeconds !== undefined && { duration_seconds: options.durationSeconds }),
      ...(options.uses !== undefined && { uses: options.uses }),
    },
  };
}

type Logged = { action: string; resource: string | undefined; agentId: string; agentName: string };

function logRefusal(error: unknown, logged: Logged, answer: VerificationAnswer | undefined): void {
  if (!(error instanceof AIMError)) return;
  const wasWaiting = answer !== undefined;
  const correlationId = answer?.id ?? (error instanceof ActionDeniedError ? error.verificationId : undefined);
  const fields = { ...logged, granted: false, error: error.message, correlationId };
  if (error.code === 'approval.timeout') securityLogger.logAuthorization('JIT_TIMEOUT', fields);
  else if (error instanceof ActionDeniedError)
    securityLogger.logAuthorization(wasWaiting ? 'JIT_DENIED' : 'CAPABILITY_DENIED', fields);
  else securityLogger.logAuthorization('CAPABILITY_CHECK', fields);
}
