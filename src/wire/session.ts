// Who is signed in, where, and what that server can do (wire-auth §2, status and features).

import { z } from 'zod';
import { wireObject } from './casing.ts';
import { listOf, maybeTimestamp, maybeUntrusted, organizationId, timestamp, untrusted, userId, wordOf } from './scalars.ts';

export const roles = ['viewer', 'member', 'manager', 'admin'] as const;
export const role = wordOf(roles, 'viewer');
export type Role = z.infer<typeof role>;

/** Whether `held` admits what asks for `needed`: the roles are a ladder (wire-agents §11). */
export function admits(held: Role, needed: Role): boolean {
  return roles.indexOf(held) >= roles.indexOf(needed);
}

export const account = wireObject({
  id: userId,
  email: untrusted,
  name: maybeUntrusted,
  role,
  organizationId: organizationId.nullish(),
  organizationName: maybeUntrusted,
  status: maybeUntrusted,
  lastLoginAt: maybeTimestamp,
});
export type Account = z.infer<typeof account>;

/** Tokens as each sign-in route answers them, in either casing. `expiresIn` is seconds. */
export const tokens = wireObject({
  accessToken: z.string().min(1),
  refreshToken: z.string().min(1),
  expiresIn: z.number().nullish(),
  tokenType: z.string().nullish(),
  userId: userId.nullish(),
  email: z.string().nullish(),
  organizationId: organizationId.nullish(),
  user: account.nullish(),
});
export type Tokens = z.infer<typeof tokens>;

/** What AIM has not and this control plane adds. Clients ask for these words, never for versions. */
export const features = [
  'events.stream',
  'approvals.binding',
  'approvals.quorum',
  'approvals.grant',
  'approvals.receipt',
  'approvals.comments',
  'approvals.undo',
  'approvals.fresh-sign-in',
  'approvals.nudge',
  'approvals.rules',
  'approvals.wait',
  'mcp.manifests',
  'audit.chain',
] as const;
export type Feature = (typeof features)[number];

/** `GET /api/v1/status`, without credentials. A server that has no such route is AIM's own: no features. */
export const serverStatus = wireObject({
  product: untrusted,
  version: untrusted,
  instanceId: z.string().nullish(),
  features: listOf(z.string()).transform((words) =>
    words.filter((word): word is Feature => (features as readonly string[]).includes(word)),
  ),
  time: timestamp,
});
export type ServerStatus = z.infer<typeof serverStatus>;
