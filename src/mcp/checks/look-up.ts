// Asks public registries about the packages that servers are started from. Only when told to: it tells them what is used here.

import { asUntrusted, type Untrusted } from '../../text/brand.ts';
import type { DetectedServer } from '../record.ts';
import { asFinding } from './check.ts';
import type { Finding, Objection } from './finding.ts';
import { type LaunchedPackage, launchedPackage } from './launchers.ts';

export type LookUpOptions = {
  env?: Readonly<Record<string, string | undefined>>;
  now?: () => number;
  signal?: AbortSignal | undefined;
};
type Answer = { objections: Objection[]; problem: Untrusted | null };

/** Each package is asked about once. What cannot be asked is a problem, not a finding. @throws only the signal's reason. */
export async function lookUpPackages(
  servers: readonly DetectedServer[],
  options: LookUpOptions = {},
): Promise<{ findings: Finding[]; problems: Untrusted[] }> {
  const users = new Map<string, { launched: LaunchedPackage; servers: DetectedServer[] }>();
  for (const server of servers) {
    const program = (server.command?.split(/[\\/]/).at(-1) ?? '').toLowerCase().replace(/\.(?:exe|cmd)$/, '');
    const launched = launchedPackage(program, server.args);
    if (launched === null || (launched.kind !== 'npm' && launched.kind !== 'pypi')) continue;
    const key = `${launched.kind} ${launched.text}`;
    const known = users.get(key);
    if (known === undefined) users.set(key, { launched, servers: [server] });
    else known.servers.push(server);
  }
  const findings: Finding[] = [];
  const problems: Untrusted[] = [];
  for (const { launched, servers: own } of users.values()) {
    const { objections, problem } = await lookUp(launched, options);
    options.signal?.throwIfAborted();
    if (problem !== null) problems.push(problem);
    for (const server of own) findings.push(...objections.map((objection) => asFinding(objection, server)));
  }
  return { findings, problems };
}

async function lookUp({ kind, name, version, text }: LaunchedPackage, options: LookUpOptions): Promise<Answer> {
  const { env = process.env, now = Date.now, signal } = options;
  const exact = version !== null && /^\d/.test(version) ? version : null;
  const unknown = (what: string): Answer => ({
    objections: [{ rule: 'mcp/unknown-package', evidence: text, message: `The registry does not know ${what}.` }],
    problem: null,
  });
  try {
    const at = kind === 'npm' ? npmAddress(name, env) : pypiAddress(name, exact, env);
    const limit = AbortSignal.timeout(TIMEOUT);
    const response = await fetch(at, { redirect: 'error', signal: signal ? AbortSignal.any([signal, limit]) : limit });
    if (response.status === 404) return unknown(kind === 'pypi' && exact !== null ? `${name} ${exact}` : name);
    if (!response.ok) return { objections: [], problem: asUntrusted(`${name}: the registry answered ${response.status}.`) };
    const found = kind === 'npm' ? npmFacts(await bounded(response), exact) : pypiFacts(await bounded(response));
    if (found === null) return unknown(`${name} ${exact}`);
    const objections: Objection[] = [];
    if (found.withdrawn)
      objections.push({ rule: 'mcp/withdrawn-package', evidence: text, message: `${name} is deprecated or was taken back.` });
    if (found.publishedAt !== null && now() - found.publishedAt < WEEK)
      objections.push({ rule: 'mcp/new-package', evidence: text, message: `${name} was published less than a week ago.` });
    return { objections, problem: null };
  } catch (error) {
    signal?.throwIfAborted();
    const reason =
      error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : String(error);
    return { objections: [], problem: asUntrusted(`${name} could not be looked up: ${reason.slice(0, 200)}`) };
  }
}

type Env = Readonly<Record<string, string | undefined>>;
const npmAddress = (name: string, env: Env): string =>
  `${(env['npm_config_registry'] || 'https://registry.npmjs.org').replace(/\/+$/, '')}/${encodeURIComponent(name).replace('%40', '@')}`;
const pypiAddress = (name: string, version: string | null, env: Env): string =>
  `${(env['AIM_PYPI'] || 'https://pypi.org').replace(/\/+$/, '')}/pypi/${encodeURIComponent(name.replace(/\[.*$/, ''))}${version === null ? '' : `/${encodeURIComponent(version)}`}/json`;

type Facts = { withdrawn: boolean; publishedAt: number | null };
const timeOf = (value: unknown): number | null => (typeof value === 'string' ? Date.parse(value) || null : null);
const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;

/** Null where the package has no such version. */
function npmFacts(answer: unknown, exact: string | null): Facts | null {
  const version = exact ?? member(member(answer, 'dist-tags'), 'latest');
  if (typeof version !== 'string') return null;
  const release = member(member(answer, 'versions'), version);
  if (release === undefined) return null;
  return { withdrawn: Boolean(member(release, 'deprecated')), publishedAt: timeOf(member(member(answer, 'time'), version)) };
}

function pypiFacts(answer: unknown): Facts {
  const files = member(answer, 'urls');
  const first: unknown = Array.isArray(files) ? files[0] : undefined;
  const info = member(answer, 'info');
  return { withdrawn: member(info, 'yanked') === true, publishedAt: timeOf(member(first, 'upload_time_iso_8601')) };
}

async function bounded(response: Response): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > LARGEST) throw new Error('the answer is too large');
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
}

const TIMEOUT = 10_000;
const LARGEST = 64 * 1024 * 1024; // packages with thousands of versions have that much
const WEEK = 7 * 24 * 60 * 60 * 1000;
