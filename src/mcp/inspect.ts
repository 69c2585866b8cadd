// Asks a live server what it is and what it offers. Whatever it does, it is bounded, named, and gone afterwards.

import type { Client } from '@modelcontextprotocol/client';
import { z } from 'zod';
import { PolicyError, RemoteError } from '../errors.ts';
import { asUntrusted, type Untrusted } from '../text/brand.ts';
import { redact } from '../text/redact.ts';
import { version } from '../version.ts';
import { isMetadataAddress } from './addresses.ts';
import { defaultLimits, type Limits } from './contained-process.ts';
import { readPrompts, readResources, readTemplates, readTools } from './definitions.ts';
import { effectiveSighting, type Launch, launchOf } from './launch.ts';
import type { DetectedServer, Inspection } from './record.ts';
import type { Sandbox } from './sandbox-kinds.ts';
import { requireSandbox } from './sandboxes.ts';
import { remoteWay, stdioWay, type Way } from './transports.ts';

export type InspectOptions = {
  signal?: AbortSignal | undefined;
  /** For the whole inspection. Default 30,000. */
  timeoutMs?: number | undefined;
  limits?: Limits | undefined;
  /** Default none. */
  sandbox?: Sandbox | undefined;
  /** Of a container, where its launcher does not say which. */
  image?: string | undefined;
  /** Where the entry's `${VAR}` are taken from. Default this process's environment. */
  env?: Readonly<Record<string, string | undefined>> | undefined;
  /** A project's files are written by whoever wrote the project; without this their servers are not started. */
  trustProject?: boolean | undefined;
};

/**
 * Starts or reaches the server and reads all that it offers. The caller has asked a person first.
 * What the server does wrong is in `problems`. @throws PolicyError `mcp.project-untrusted`, UsageError of `launchOf`
 * and of sandboxes, and the signal's reason.
 */
export async function inspectMcpServer(server: DetectedServer | Launch, options: InspectOptions = {}): Promise<Inspection> {
  const launch = 'kind' in server ? server : await trustedLaunch(server, options);
  if (launch.kind === 'stdio') await requireSandbox(options.sandbox ?? 'none');
  const limit = AbortSignal.timeout(options.timeoutMs ?? DEFAULT_TIMEOUT);
  const signal = options.signal === undefined ? limit : AbortSignal.any([options.signal, limit]);
  const started = performance.now();
  const attempts = waysTo(launch, options, signal);
  const reasons: string[] = [];
  for (const [index, attempt] of attempts.entries()) {
    const way = await attempt.open();
    try {
      const inspection = await orAborted(ask(way, attempt.mode, signal), signal);
      inspection.durationMs = Math.round(performance.now() - started);
      inspection.transport = attempt.transport;
      return await settled(way, inspection);
    } catch (error) {
      options.signal?.throwIfAborted();
      reasons.push(reasonOf(error, way, signal.aborted));
      // The next way is for another era or transport; a server that is not there is not there by any.
      if (index < attempts.length - 1 && !signal.aborted && mayBeOfAnotherKind(error, way, attempt.transport)) continue;
      // The way that its entry means says more than the one that was tried because that failed.
      const problems = reasons.slice(0, 1).map(asUntrusted);
      return await settled(way, { ...nothing(), durationMs: Math.round(performance.now() - started), problems });
    } finally {
      await way.end().catch(() => {});
    }
  }
  throw new RemoteError('mcp.no-way', { message: 'There is no way to this server.' });
}

/** A stream that says nothing and does not end keeps the protocol's client waiting longer than it was told to. */
function orAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

// A process is described after its end, when the last of its standard error has been read.
async function settled(way: Way, inspection: Inspection): Promise<Inspection> {
  await way.end().catch(() => {});
  const stderrTail = asUntrusted(redact(way.stderrTail()));
  return { ...inspection, stderrTail, problems: [...inspection.problems, ...way.problems()] };
}

async function trustedLaunch(server: DetectedServer, options: InspectOptions): Promise<Launch> {
  const { scope, configPath } = effectiveSighting(server);
  if (scope === 'project' && options.trustProject !== true) {
    throw new PolicyError('mcp.project-untrusted', {
      message: `This server is named by a project's file (${configPath}), which whoever wrote the project can change.`,
      next: 'Read the file, then add --trust-project',
    });
  }
  return (await launchOf(server, options.env ?? process.env)).launch;
}

type Mode = 'legacy' | 'auto' | { pin: string };
type Attempt = { mode: Mode; transport: 'stdio' | 'http' | 'sse'; open(): Way | Promise<Way> };

// The stateful era first on stdio, because most servers are of it, and probing for the other would start the command twice.
function waysTo(launch: Launch, options: InspectOptions, signal: AbortSignal): Attempt[] {
  if (launch.kind === 'stdio') {
    const { limits = defaultLimits, sandbox = 'none', image } = options;
    const open = (): Way => stdioWay(launch, { limits, sandbox, image });
    return [
      { mode: 'legacy', transport: 'stdio', open },
      { mode: { pin: STATELESS }, transport: 'stdio', open },
    ];
  }
  const largest = (options.limits ?? defaultLimits).messageBytes;
  const http: Attempt = { mode: 'auto', transport: 'http', open: () => remoteWay(launch, 'http', largest, signal) };
  const sse: Attempt = { mode: 'legacy', transport: 'sse', open: () => remoteWay(launch, 'sse', largest, signal) };
  if (isMetadataAddress(new URL(launch.url))) return [http];
  return launch.prefers === 'sse' ? [sse, http] : [http, sse];
}

async function ask(way: Way, mode: Mode, signal: AbortSignal): Promise<Inspection> {
  const { Client } = await import('@modelcontextprotocol/client');
  const client = new Client({ name: 'aim', version }, { capabilities: {}, versionNegotiation: { mode } });
  const problems: Untrusted[] = [];
  await client.connect(way.transport, { signal, timeout: REQUEST_TIMEOUT });
  try {
    const serverInfo = client.getServerVersion();
    const offers = client.getServerCapabilities() ?? {};
    const asked = performance.now();
    const list = (what: string, key: string) => readAll(client, way, what, key, problems, signal);
    const tools = readTools(offers.tools ? await list('tools/list', 'tools') : [], problems);
    const latencyMs = offers.tools ? performance.now() - asked : null;
    const resources = readResources(offers.resources ? await list('resources/list', 'resources') : []);
    const templates = readTemplates(offers.resources ? await list('resources/templates/list', 'resourceTemplates') : []);
    const prompts = readPrompts(offers.prompts ? await list('prompts/list', 'prompts') : []);
    return {
      ...nothing(),
      serverName: text(serverInfo?.name),
      serverVersion: text(serverInfo?.version),
      protocolVersion: client.getNegotiatedProtocolVersion() ?? null,
      era: client.getProtocolEra() === 'modern' ? 'stateless' : 'stateful',
      instructions: text(client.getInstructions()),
      capabilities: Object.keys(offers).map(asUntrusted),
      tools,
      resources,
      templates,
      prompts,
      latencyMs: latencyMs === null ? null : Math.round(latencyMs * 100) / 100,
      problems,
    };
  } finally {
    await client.close().catch(() => {});
  }
}

/** All pages, asked one by one so that a server cannot make them endless. */
async function readAll(
  client: Client,
  way: Way,
  method: string,
  key: string,
  problems: Untrusted[],
  signal: AbortSignal,
): Promise<unknown[]> {
  const items: unknown[] = [];
  const seen = new Set<string>();
  let cursor: string | undefined;
  try {
    for (let pages = 0; pages < MOST_PAGES; pages += 1) {
      const params = cursor === undefined ? {} : { cursor };
      const page = await client.request({ method, params }, listPage, { signal, timeout: REQUEST_TIMEOUT });
      const found = page[key];
      if (Array.isArray(found)) for (const item of found) items.push(item);
      cursor = typeof page.nextCursor === 'string' && page.nextCursor !== '' ? page.nextCursor : undefined;
      if (cursor === undefined) return items;
      if (seen.has(cursor) || items.length > MOST_ITEMS) break;
      seen.add(cursor);
    }
    problems.push(asUntrusted(`Its answers to ${method} do not end; ${items.length} were read.`));
  } catch (error) {
    if (signal.aborted) throw error;
    const problem = asUntrusted(way.over() ?? `${method}: ${plain(error)}`);
    if (!problems.includes(problem)) problems.push(problem);
  }
  return items;
}

const listPage = z.looseObject({ nextCursor: z.unknown().optional() });

function reasonOf(error: unknown, way: Way, timedOut: boolean): string {
  if (timedOut) return 'It did not answer in time.';
  return way.over() ?? plain(error);
}

const plain = (error: unknown): string => redact(error instanceof Error ? error.message : String(error)).slice(0, 500);

// A process is started a second time only if it answered, and by an error; an address is tried again unless nobody is there.
function mayBeOfAnotherKind(error: unknown, way: Way, transport: Attempt['transport']): boolean {
  if (way.over() !== null) return false;
  return transport !== 'stdio' || typeof (error as { code?: unknown }).code === 'number';
}

const nothing = (): Inspection => ({
  serverName: null,
  serverVersion: null,
  protocolVersion: null,
  instructions: null,
  tools: [],
  resources: [],
  prompts: [],
  latencyMs: null,
  stderrTail: asUntrusted(''),
  problems: [],
});

const text = (value: unknown): Untrusted | null => (typeof value === 'string' && value !== '' ? asUntrusted(value) : null);

const STATELESS = '2026-07-28';
const DEFAULT_TIMEOUT = 30_000;
const REQUEST_TIMEOUT = 15_000;
const MOST_PAGES = 2_000;
const MOST_ITEMS = 20_000;
