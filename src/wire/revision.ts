// What a thing was when somebody read it, as one word: `If-Match` of a change, so that nothing is overwritten that was not seen.

import { createHash } from 'node:crypto';

/** The members that a person edits. Status, trust and times move by themselves, and are no reason to refuse a change. */
export const editableMembers = {
  agent: ['displayName', 'description', 'agentType', 'version', 'certificateUrl', 'repositoryUrl', 'documentationUrl', 'talksTo', 'metadata', 'capabilities'],
  policy: ['name', 'description', 'policyType', 'enforcementAction', 'severityThreshold', 'appliesTo', 'priority', 'isEnabled', 'rules'],
  tag: ['key', 'value', 'category', 'description', 'color'],
  capability: ['executionMode', 'capabilityScope'],
  'approval-rules': ['approvalsNeeded', 'denialsNeeded', 'groups', 'ownerMayReview', 'steps', 'freshSignInSeconds', 'requesterGives', 'requesterPrompt', 'waitSeconds', 'maxDurationSeconds', 'maxUses', 'waitingPerAgent', 'rules'],
} as const; // biome-ignore format: one table

export type Editable = keyof typeof editableMembers;

/** The same for the server that holds a thing and the client that read it: what is empty and what is absent are one. */
export function revisionOf(kind: Editable, value: Readonly<Record<string, unknown>>): string {
  const members = editableMembers[kind].map((name) => [name, plain(value[name])]);
  return createHash('sha256').update(JSON.stringify(members)).digest('hex').slice(0, 32);
}

/** Members in the order of their names, and nothing where there is nothing. */
function plain(value: unknown): unknown {
  if (value === undefined || value === null || value === '') return null;
  if (Array.isArray(value)) return value.length === 0 ? null : value.map(plain).sort(byText);
  if (typeof value !== 'object') return value;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return members.length === 0 ? null : members.map(([name, member]) => [name, plain(member)]);
}

const byText = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
