// May this agent do this, now? The order in which the rules speak.

import { describe, expect, test } from 'vitest';
import type { Granted } from '../../../src/control-plane/rules/capability-match.ts';
import { type Decision, decide, type Question } from '../../../src/control-plane/rules/decide.ts';
import type { PolicyFinding } from '../../../src/control-plane/rules/policies.ts';

const grant = (members: Partial<Granted> = {}): Granted => ({
  capabilityType: 'db:read',
  scope: null,
  executionMode: 'auto',
  isHoneytoken: false,
  ...members,
});
const finding = (members: Partial<PolicyFinding> = {}): PolicyFinding => ({
  policyId: 'p-1',
  policyName: 'Closed',
  policyType: 'unauthorized_access',
  changedAt: 100,
  reason: 'It is closed',
  blocks: true,
  alerts: true,
  ...members,
});
const asked = (members: Partial<Question>): Decision =>
  decide({
    agent: { status: 'verified', isCompromised: false },
    mode: 'strict',
    capability: 'db:read',
    resource: 'invoices',
    riskLevel: 'low',
    granted: [grant()],
    permission: null,
    findings: [],
    requiresApproval: false,
    jitAccess: false,
    ...members,
  });

const nothing: Partial<Question> = { granted: [] };
const pending: Partial<Question> = { agent: { status: 'pending', isCompromised: false } };
const closed: Partial<Question> = { findings: [finding({ blocks: false }), finding()] };
const watching: Partial<Question> = { mode: 'monitoring' };

describe('an action', () => {
  test.each<[title: string, question: Partial<Question>, is: string]>([
    ['that was granted is allowed', {}, 'approved granted'],
    ['of a suspended agent is denied', { agent: { status: 'suspended', isCompromised: false } }, 'denied agent-status'],
    ['of a revoked agent is denied', { agent: { status: 'revoked', isCompromised: false } }, 'denied agent-status'],
    ['of a revoked agent is denied in monitoring too', { ...watching, agent: { status: 'revoked', isCompromised: false } }, 'denied agent-status'],
    ['of a compromised agent waits for nobody', { agent: { status: 'verified', isCompromised: true }, requiresApproval: true }, 'denied compromised'],
    ['that is a trap is denied, though it asks for a person', { granted: [grant({ isHoneytoken: true })], requiresApproval: true, jitAccess: true }, 'denied honeytoken violation'],
    ['of an agent that nobody verified is denied', pending, 'denied agent-not-verified'],
    ['of an agent that nobody verified is allowed in monitoring', { ...pending, ...watching }, 'approved granted'],
    ['that was not granted is denied', nothing, 'denied not-granted violation'],
    ['that was not granted is only watched in monitoring', { ...nothing, ...watching }, 'approved monitoring violation'],
    ['that was not granted waits where the agent wants it just in time', { ...nothing, jitAccess: true }, 'pending jit-access'],
    ['that was granted does not wait for that word', { jitAccess: true }, 'approved granted'],
    ['waits where the agent asks for a person', { requiresApproval: true }, 'pending requires-approval'],
    ['that was not granted waits where the agent asks for a person', { ...nothing, requiresApproval: true }, 'pending requires-approval'],
    ['that is granted for review waits', { granted: [grant({ executionMode: 'review' })] }, 'pending review-mode'],
    ['that is granted for review waits, whatever else is said', { granted: [grant({ executionMode: 'review' })], jitAccess: true }, 'pending review-mode'],
    ['that a policy blocks is denied', closed, 'denied unauthorized_access by p-1'],
    ['that a policy blocks is denied in monitoring too', { ...closed, ...watching }, 'denied unauthorized_access by p-1'],
    ['that a policy blocks and nobody granted is a violation', { ...closed, ...nothing }, 'denied unauthorized_access violation by p-1'],
    ['that a policy blocks waits where the agent wants it just in time', { ...closed, jitAccess: true }, 'pending jit-access by p-1'],
    ['that a policy only tells of is allowed', { findings: [finding({ blocks: false })] }, 'approved granted'],
    ['with a permission is allowed', { ...nothing, permission: { policyId: null, givenAt: 1 } }, 'approved grant'],
    ['with a permission is allowed, though the agent asks for a person', { permission: { policyId: null, givenAt: 1 }, requiresApproval: true }, 'approved grant'],
    ['with a permission of a suspended agent is denied', { permission: { policyId: null, givenAt: 1 }, agent: { status: 'suspended', isCompromised: false } }, 'denied agent-status'],
    ['with a permission that overruled the policy is allowed', { ...closed, permission: { policyId: 'p-1', givenAt: 100 } }, 'approved grant'],
    ['with a permission is denied by a policy that was changed since', { ...closed, permission: { policyId: 'p-1', givenAt: 99 } }, 'denied unauthorized_access by p-1'],
    ['with a permission is denied by another policy', { ...closed, permission: { policyId: 'p-2', givenAt: 100 } }, 'denied unauthorized_access by p-1'],
    ['with a permission is denied by a policy where it overruled none', { ...closed, permission: { policyId: null, givenAt: 100 } }, 'denied unauthorized_access by p-1'],
    ['beyond the scope of its grant is denied', { granted: [grant({ scope: { resource: 'users' } })] }, 'denied not-granted violation'],
  ])('%s', (_, question, is) => {
    const { status, rule, isViolation, policyId } = asked(question);
    expect(`${status} ${rule}${isViolation ? ' violation' : ''}${policyId === null ? '' : ` by ${policyId}`}`).toBe(is);
  }); // biome-ignore format: one table

  test.each<[question: Partial<Question>, reason: string | null]>([
    [{}, null],
    [{ agent: { status: 'suspended', isCompromised: false } }, 'Agent status is suspended, cannot perform actions'],
    [{ agent: { status: 'verified', isCompromised: true } }, 'Agent is marked as compromised'],
    [{ granted: [grant({ isHoneytoken: true })] }, 'This capability is not to be used'],
    [pending, 'Agent not verified - all actions denied'],
    [nothing, 'Capability db:read is not granted to this agent'],
    [closed, 'It is closed'],
    [{ ...closed, jitAccess: true }, 'It is closed'],
    [{ requiresApproval: true }, null],
  ])('%j is told why: %s', (question, reason) => {
    expect(asked(question).reason).toBe(reason);
  });
});
