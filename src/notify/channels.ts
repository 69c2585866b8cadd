// Where messages go: read from one file, its secrets from the environment or from files of their own.

import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { UsageError } from '../errors.ts';

/** A word in the file itself, or where it stands. */
const secret = z.union([
  z.string().min(1),
  z.strictObject({ env: z.string().min(1) }),
  z.strictObject({ file: z.string().min(1) }),
]);
const shared = {
  name: z.string().regex(/^[\w-]{1,40}$/, 'has letters, digits, _ and - only'),
  /** Who is told: those who could review, those whose agents asked, or both. */
  for: z
    .array(z.enum(['reviewers', 'requesters']))
    .min(1)
    .default(['reviewers', 'requesters']),
  /** Hours in which it keeps still. */
  quiet: z
    .strictObject({
      from: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'is HH:MM'),
      to: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'is HH:MM'),
      timeZone: z.string().refine(isTimeZone, 'is no time zone, as Europe/Berlin').default('UTC'),
    })
    .optional(),
};
const channel = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('webhook'), url: secret, secret: secret.optional(), ...shared }),
  z.strictObject({ type: z.literal('slack'), url: secret, ...shared }),
  z.strictObject({ type: z.literal('ntfy'), url: secret, token: secret.optional(), ...shared }),
  z.strictObject({
    type: z.literal('smtp'),
    host: z.string().min(1),
    port: z.number().int().min(1).max(65_535).default(587),
    /** `starttls` insists on it; `tls` speaks it from the first byte; `none` only on this machine. */
    security: z.enum(['starttls', 'tls', 'none']).default('starttls'),
    user: z.string().optional(),
    password: secret.optional(),
    from: z.email(),
    ...shared,
  }),
]);
const channelFile = z.strictObject({ channels: z.array(channel).max(20) });

function isTimeZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }) !== null;
  } catch {
    return false;
  }
}

type Resolved<Value> = { [Name in keyof Value]: Name extends 'url' | 'secret' | 'token' | 'password' ? string : Value[Name] };
type Each<Value> = Value extends unknown ? Resolved<Value> : never;
export type Channel = Each<z.output<typeof channel>>;

/** @throws UsageError `notify.*` that names the file and the member, never a secret. */
export async function readChannels(path: string, env: NodeJS.ProcessEnv): Promise<Channel[]> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw problem(path, 'it cannot be read');
  });
  let parsed: ReturnType<typeof channelFile.safeParse>;
  try {
    parsed = channelFile.safeParse(JSON.parse(text));
  } catch {
    throw problem(path, 'it is no JSON');
  }
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw problem(path, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is not valid'}`);
  }
  const { channels } = parsed.data;
  if (new Set(channels.map(({ name }) => name)).size < channels.length) throw problem(path, 'two channels have the same name');
  return Promise.all(channels.map((each) => resolve(each, path, env)));
}

async function resolve(each: z.output<typeof channel>, path: string, env: NodeJS.ProcessEnv): Promise<Channel> {
  const words: Record<string, string> = {};
  for (const member of ['url', 'secret', 'token', 'password'] as const) {
    const given = (each as Record<string, unknown>)[member] as z.output<typeof secret> | undefined;
    if (given !== undefined) words[member] = await wordOf(given, `${each.name}.${member}`, path, env);
  }
  const url = words['url'];
  if (url !== undefined && !/^https?:\/\//.test(url)) throw problem(path, `${each.name}.url: is no web address`);
  if (each.type === 'smtp' && each.security === 'none' && !/^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(each.host))
    throw problem(path, `${each.name}.security: without TLS only to this machine`);
  return { ...each, ...words } as Channel;
}

async function wordOf(given: z.output<typeof secret>, member: string, path: string, env: NodeJS.ProcessEnv): Promise<string> {
  if (typeof given === 'string') return given;
  const found =
    'env' in given
      ? env[given.env]
      : await readFile(given.file, 'utf8').then(
          (text) => text.trim(),
          () => undefined,
        );
  if (found !== undefined && found !== '') return found;
  throw problem(path, `${member}: ${'env' in given ? `the variable ${given.env} is empty` : `${given.file} cannot be read`}`);
}

const problem = (path: string, what: string): UsageError =>
  new UsageError('notify.channels', {
    message: `The channels of ${path} cannot be used: ${what}.`,
    next: 'See docs/approvals.md, "Being told".',
    field: 'notify',
  });
