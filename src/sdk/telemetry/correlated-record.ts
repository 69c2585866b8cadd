// One record of one decision: what was observed, and what others infer about why; kept apart (wire-mcp-logs-a2a §8).

import { randomUUID } from 'node:crypto';

export const TELEMETRY_SCHEMA_VERSION = '1.0';

/** A decision as it was enforced. Times are RFC 3339. */
export type EnforcementInput = {
  decision: 'allow' | 'deny';
  outcome: 'ALLOW' | 'DENY' | 'DENY_INTENT' | 'DENY_CONTEXT' | 'DENY_CHAIN' | 'DENY_ATTRIBUTE' | 'ERROR';
  capability: string;
  resource: string;
  source: string;
  occurredAt?: string | undefined;
  deniedBy?: string | undefined;
  deniedReason?: string | undefined;
  scope?: string | undefined;
  credentialRef?: string | undefined;
  policyId?: string | undefined;
  traceId?: string | undefined;
};
/** What the agent was taken to intend. `confidence` is 0 to 1, here and below. */
export type IntentInput = {
  intentClass: string;
  confidence: number;
  blocked: boolean;
  source: string;
  modelVersion?: string | undefined;
};
/** What a detector makes of the input: never a fact. */
export type DetectionInput = {
  injectionDetected: boolean;
  confidence: number;
  detector: string;
  techniqueSource: string;
  attackClass?: string | undefined;
  techniqueId?: string | undefined;
  detectorVersion?: string | undefined;
  inputRef?: string | undefined;
  detectedAt?: string | undefined;
};

/** One decision, with what others infer about it: `observed` is true of the enforcement alone (wire-mcp-logs-a2a §8). */
export type CorrelatedRecord = {
  schemaVersion: string;
  correlationId: string;
  recordId: string;
  agentId: string;
  createdAt: string;
  enforcement: EnforcementInput & { observed: true; occurredAt: string };
  assembly: { joinedBy: string; completeness: Completeness; joinerVersion: string };
  intent?: IntentInput & { observed: false };
  detection?: DetectionInput & { observed: false; attribution: 'inferred'; detectedAt: string };
};
export type Completeness = 'full' | 'partial-missing-detection' | 'partial-missing-intent' | 'partial-missing-both';

export type RecordParts = {
  correlationId: string;
  agentId: string;
  enforcement: EnforcementInput;
  intent?: IntentInput | undefined;
  detection?: DetectionInput | undefined;
  joinedBy?: string | undefined;
};

/** `observed` is set here and nowhere else, so that nobody can pass an inference off as a fact. */
export function buildCorrelatedRecord(
  { correlationId, agentId, enforcement, intent, detection, joinedBy = 'correlationId' }: RecordParts,
  now: Date = new Date(),
): CorrelatedRecord {
  const at = now.toISOString();
  return {
    schemaVersion: TELEMETRY_SCHEMA_VERSION,
    correlationId,
    recordId: randomUUID(),
    agentId,
    createdAt: at,
    enforcement: { ...enforcement, observed: true, occurredAt: enforcement.occurredAt ?? at },
    assembly: { joinedBy, completeness: completenessOf(intent, detection), joinerVersion: TELEMETRY_SCHEMA_VERSION },
    ...(intent && { intent: { ...intent, observed: false as const } }),
    ...(detection && {
      detection: {
        ...detection,
        observed: false as const,
        attribution: 'inferred' as const,
        detectedAt: detection.detectedAt ?? at,
      },
    }),
  };
}

function completenessOf(intent: IntentInput | undefined, detection: DetectionInput | undefined): Completeness {
  if (intent !== undefined) return detection === undefined ? 'partial-missing-detection' : 'full';
  return detection === undefined ? 'partial-missing-both' : 'partial-missing-intent';
}
