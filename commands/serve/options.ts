// The options of `aim serve`, and which of its parts other verbs need too.

import { join } from 'node:path';
import { z } from 'zod';
import type { Settings } from '../../src/settings/settings.ts';

export const logLevels = ['silent', 'error', 'warn', 'info', 'debug'] as const;

export const dataOption = { summary: 'The data folder', value: 'DIR', schema: z.string().min(1).optional() };
export const databaseOption = {
  summary: 'Use PostgreSQL: postgres://user@host/name (or AIM_DATABASE, which keeps a password out of ps)',
  value: 'URL',
  schema: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'it does not begin with postgres://')
    .optional(),
  env: 'AIM_DATABASE',
};

export const serveOptions = {
  listen: {
    summary: 'Address and port; port 0 takes the one of the last run, or any',
    value: 'HOST:PORT',
    schema: z.string().default('127.0.0.1:0'),
  },
  data: dataOption,
  database: databaseOption,
  publicUrl: {
    summary: 'What people and agents call it',
    value: 'URL',
    schema: z
      .url({ protocol: /^https?$/, error: 'must begin with https:// or http://' })
      .refine((text) => !/[?#@]/.test(text), 'must have no name and password, question mark or hash sign in it')
      .optional(),
    env: 'AIM_PUBLIC_URL',
  },
  tlsCert: {
    summary: 'Speak TLS with this certificate chain (PEM); read again when it is renewed',
    value: 'FILE',
    schema: file(),
  },
  tlsKey: { summary: 'The key of the certificate (PEM)', value: 'FILE', schema: file() },
  behindTlsProxy: { summary: 'A proxy in front speaks TLS', schema: z.boolean().default(false) },
  allowPlainHttp: {
    summary: 'Listen beyond this machine without TLS: sign-ins travel in the clear',
    schema: z.boolean().default(false),
  },
  allowWeakSettings: {
    summary: 'Serve a network although a password, a key file or a connection is weak',
    schema: z.boolean().default(false),
  },
  notify: {
    summary: 'Tell people what waits and what was decided, over the channels of this file (docs/approvals.md)',
    value: 'FILE',
    schema: z.string().min(1).optional(),
    env: 'AIM_NOTIFY',
  },
  onCall: {
    summary: 'A program with its arguments, or an address, that answers with the e-mail address of who is on call',
    value: 'COMMAND|URL',
    schema: z.string().min(1).optional(),
    env: 'AIM_ON_CALL',
  },
  tickets: {
    summary: 'A program with its arguments, or an address, that answers how a ticket stands; {} is where its name goes',
    value: 'COMMAND|URL',
    schema: z.string().min(1).optional(),
    env: 'AIM_TICKETS',
  },
  durability: {
    summary: 'What an acknowledged decision survives: a crash (normal), or power loss too, which costs speed (full)',
    value: 'LEVEL',
    schema: z.enum(['normal', 'full']).default('normal'),
  },
  keepEvents: {
    summary: 'Forget events after so many days, where an organisation has not chosen; never audit entries or receipts',
    value: 'DAYS',
    schema: z.coerce.number().int().min(1).max(36_500).optional(),
  },
  oidcIssuer: {
    summary: 'Let people sign in with this OpenID Connect provider',
    value: 'URL',
    schema: z.url().optional(),
    env: 'AIM_OIDC_ISSUER',
  },
  oidcClientId: {
    summary: 'As which client the provider knows this server',
    value: 'ID',
    schema: z.string().min(1).optional(),
    env: 'AIM_OIDC_CLIENT_ID',
  },
  oidcClientSecret: {
    summary: 'The secret of the client: - reads standard input, @FILE a file; better AIM_OIDC_CLIENT_SECRET',
    value: '-|@FILE',
    schema: z.string().trim().min(1).optional(),
    readable: true,
    env: 'AIM_OIDC_CLIENT_SECRET',
  },
  oidcScope: { summary: 'What is asked of the provider', value: 'WORDS', schema: z.string().default('openid email profile') },
  oidcGroups: {
    summary: 'Where the provider lists groups: groups, or realm_access.roles',
    value: 'CLAIM',
    schema: z.string().min(1).default('groups'),
  },
  oidcRole: {
    summary: 'Which group gives which role; give it again for more',
    value: 'ROLE=GROUP',
    schema: z.array(z.string().regex(/^(viewer|member|manager|admin)=.+$/, 'it is not like admin=GROUP')).optional(),
    repeatable: true,
  },
  oidcOtherwise: {
    summary: 'What people in none of these groups get: a role, pending (an administrator lets them in), or none',
    value: 'ROLE',
    schema: z.enum(['pending', 'none', 'viewer', 'member', 'manager']).default('pending'),
  },
  detach: { summary: 'Go on in the background; then: aim serve status, aim serve stop', schema: z.boolean().default(false) },
  embedded: { summary: 'End when no dashboard or command uses it any more', schema: z.boolean().default(false) },
  logLevel: { summary: 'What to log on standard error, as JSON lines', schema: z.enum(logLevels).default('warn') },
};

function file() {
  return z.string().min(1).optional();
}

/** Not the folder of the embedded one: the two are different control planes, with different people. */
export const serverFolder = ({ paths }: Settings): string => join(paths.state, 'server');
