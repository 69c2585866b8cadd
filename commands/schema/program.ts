// What the verbs print that are about this program: who is signed in, its settings, its files, its version.

import { z } from 'zod';
import { roles } from '../../src/wire/session.ts';
import type { Finding } from '../doctor/actions.ts';
import type { SignedIn } from '../session/login.ts';
import type { Status } from '../session/status.ts';
import type { VersionReport } from '../version.ts';
import { count, flag, listOf, maybeText, maybeTime, oneOf, shapeOf, text } from './shape.ts';

const layer = oneOf('flag', 'environment', 'project', 'profile', 'default');
const setting = z.object({ key: text, value: z.unknown(), layer, source: text, summary: text });
const role = oneOf(...roles);

export const programOutputs = {
  status: shapeOf<Status>()(
    z.object({
      server: maybeText,
      embedded: flag,
      reachable: flag,
      product: maybeText,
      serverVersion: maybeText,
      signedIn: flag,
      email: maybeText,
      role: role.nullable(),
      store: oneOf('keychain', 'file', 'memory', 'environment', 'embedded').nullable(),
      tokenExpiresAt: maybeTime,
      profile: text,
      agents: z.number().nullable(),
      waiting: z.number().nullable(),
      problem: z
        .object({ code: text, message: text, hint: maybeText, exitCode: z.number(), retryAfter: count.optional() })
        .nullable(),
    }),
  ),
  login: shapeOf<SignedIn>()(z.object({ server: text, email: maybeText, store: oneOf('keychain', 'file', 'memory') })),
  logout: z.object({ server: maybeText, signedOut: flag, revoked: flag }),
  whoami: z.object({
    id: text,
    email: text,
    name: maybeText,
    role,
    organizationId: maybeText.optional(),
    organizationName: maybeText,
    status: maybeText,
    lastLoginAt: maybeTime,
    server: text,
  }),
  'config.ls': listOf(setting),
  'config.get': z.union([text, z.number(), flag, z.null(), z.record(z.string(), text)]).describe('The value itself'),
  'config.explain': setting.extend({ others: z.array(z.object({ layer, value: z.unknown(), source: text })) }),
  'config.schema': z.looseObject({ $schema: text }).describe('JSON Schema of the settings file'),
  'profile.ls': listOf(z.object({ name: text, server: maybeText, current: flag })),
  'profile.use': z.object({ profile: text }),
  'profile.create': z.object({ profile: text, server: text }),
  'profile.delete': z.object({ profile: text, deleted: z.literal(true) }),
  doctor: listOf(
    shapeOf<Finding>()(
      z.object({ check: text, state: oneOf('ok', 'warning', 'failed', 'skipped'), finding: text, fix: maybeText }),
    ),
  ),
  paths: listOf(z.object({ name: text, path: text, holds: text, exists: flag })),
  help: z.object({ topic: text, text }),
  version: shapeOf<VersionReport>()(z.object({ version: text, commit: maybeText, node: text, ink: maybeText, platform: text })),
  schema: z.looseObject({ $schema: text }).describe('JSON Schema'),
  api: z.unknown().describe('The body of the answer, as the server sent it'),
};

/** What `--json` prints on standard error. */
export const errorOutput = z.looseObject({
  code: text.describe('Stable, dotted, lower case'),
  message: text,
  hint: maybeText.describe('The next step'),
  requestId: maybeText.describe('By which the server knows the call'),
  docs: text.describe('The command that explains more'),
  exitCode: z.number().int(),
  field: text.optional().describe('The option or member that was wrong'),
  retryAfter: count.optional().describe('Seconds that the server asks to wait'),
  current: z.unknown().optional().describe('What now holds, for conflicts'),
});

/** What `--dry-run` prints, whatever the verb. */
export const planOutput = z.object({
  dryRun: z.literal(true),
  call: z.object({ method: text, path: text, body: z.unknown() }).nullable(),
  changes: z.array(text),
  allowed: flag.nullable(),
  because: text,
});
