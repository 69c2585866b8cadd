// Capabilities of this agent: say that it means to use one, ask for one, list what it has (wire-agents §7).

import { z } from 'zod';
import { AIMError } from '../../errors.ts';
import type { CallOptions } from '../../http/api.ts';
import type { Caller } from '../../http/caller.ts';
import { wireObject } from '../../wire/casing.ts';
import { listOf, maybeTimestamp, maybeUntrusted, type RiskLevel, untrusted, wordOf } from '../../wire/scalars.ts';

const registered = wireObject({
  success: z.boolean().nullish(),
  capabilityType: maybeUntrusted,
  status: maybeUntrusted,
  requestId: z.string().nullish(),
  message: maybeUntrusted,
});
/** `granted` and `already_exists` may be used at once; `pending` waits for an operator; `not_tracked`: the server keeps no such list. */
export type CapabilityRegistration = {
  status: 'granted' | 'pending' | 'already_exists' | 'not_tracked';
  capabilityType: string;
  requestId: string | null;
};

const capabilityRequest = wireObject({
  id: z.string(),
  capabilityType: untrusted,
  reason: maybeUntrusted,
  status: wordOf(['pending', 'approved', 'rejected'], 'unknown'),
  requestedAt: maybeTimestamp,
  reviewedAt: maybeTimestamp,
});
/** A request for a capability: `id`, `capabilityType`, `reason`, `status` (`pending`, `approved`, `rejected`), and when. */
export type CapabilityRequest = z.infer<typeof capabilityRequest>;

const grantedCapability = wireObject({
  id: z.string().nullish(),
  capabilityType: untrusted,
  executionMode: maybeUntrusted,
  grantedAt: maybeTimestamp,
  revokedAt: maybeTimestamp,
});
/** A grant: `capabilityType`, `executionMode`, `grantedAt`, and `revokedAt` where it was taken back. */
export type GrantedCapability = z.infer<typeof grantedCapability>;

/** What this agent may do, means to do, and asks to be allowed. */
export type Capabilities = {
  registerCapability(
    capabilityType: string,
    options?: CallOptions & { description?: string; riskLevel?: RiskLevel },
  ): Promise<CapabilityRegistration>;
  requestCapability(
    capabilityType: string,
    reason: string,
    options?: CallOptions & { metadata?: Record<string, unknown> },
  ): Promise<CapabilityRequest>;
  listCapabilities(options?: CallOptions): Promise<GrantedCapability[]>;
  /** Registers once, in the background, and never fails. */
  mention(capability: string): void;
};

export function capabilitiesOf(caller: Caller, agentId: string, declared: readonly string[]): Capabilities {
  const sdk = `/api/v1/sdk-api/agents/${encodeURIComponent(agentId)}`;
  const subject = 'capabilities';
  const mentioned = new Set(declared);

  async function registerCapability(
    capabilityType: string,
    { description = '', riskLevel = 'medium', signal }: CallOptions & { description?: string; riskLevel?: RiskLevel } = {},
  ): Promise<CapabilityRegistration> {
    try {
      const answer = await caller.ask({
        method: 'POST',
        path: `${sdk}/capabilities/register`,
        body: { capabilityType, description, riskLevel },
        schema: registered,
        subject,
        signal,
      });
      return {
        status: answer.requestId || answer.status === 'pending' ? 'pending' : 'granted',
        capabilityType,
        requestId: answer.requestId ?? null,
      };
    } catch (error) {
      if (!(error instanceof AIMError)) throw error;
      if (error.exitCode === 7) return { status: 'already_exists', capabilityType, requestId: null };
      if (error.code === 'capabilities.unsupported' || error.exitCode === 6)
        return { status: 'not_tracked', capabilityType, requestId: null };
      throw error;
    }
  }

  async function requestCapability(
    capabilityType: string,
    reason: string,
    { metadata, signal }: CallOptions & { metadata?: Record<string, unknown> } = {},
  ): Promise<CapabilityRequest> {
    const path = `${sdk}/capability-requests`;
    try {
      return await caller.ask({
        method: 'POST',
        path,
        body: { capabilityType, reason, ...(metadata && { metadata }) },
        schema: capabilityRequest,
        subject,
        signal,
      });
    } catch (error) {
      if (!(error instanceof AIMError) || error.exitCode !== 7) throw error;
      // It was asked for before: the request that exists is the answer.
      const requests = await caller.ask({ path, schema: listOf(capabilityRequest), subject, signal });
      const known = requests.find((request) => request.capabilityType === capabilityType);
      if (known === undefined) throw error;
      return known;
    }
  }

  return {
    registerCapability,
    requestCapability,
    listCapabilities: ({ signal } = {}) =>
      caller.ask({
        path: `/api/v1/agents/${encodeURIComponent(agentId)}/capabilities`,
        schema: z.union([
          listOf(grantedCapability),
          wireObject({ capabilities: listOf(grantedCapability) }).transform((body) => body.capabilities),
        ]),
        subject,
        signal,
      }),
    mention(capability) {
      if (mentioned.has(capability)) return;
      mentioned.add(capability);
      registerCapability(capability, { description: '' }).catch(() => {}); // the action itself says what is wrong
    },
  };
}
