// Registers an agent that this machine has no key for; each generation of servers in the way that it understands (wire-agents §2).

import { z } from 'zod';
import type { AgentCredentials } from '../../credentials/agent-credentials.ts';
import { readSigningKey, type SigningKey } from '../../crypto/ed25519.ts';
import { newSigningKey } from '../../crypto/new-signing-key.ts';
import { AIMError, AuthenticationError, ConfigurationError, ExitCode } from '../../errors.ts';
import { pause, pauseBefore } from '../../http/backoff.ts';
import type { Caller } from '../../http/caller.ts';
import { oneLine } from '../../http/server-words.ts';
import { mayRetry } from '../../http/transport-failure.ts';
import { trustScore } from '../../wire/agent.ts';
import { camelMembers, wireObject } from '../../wire/casing.ts';
import type { Registrant } from './registrant.ts';
import type { SecureOptions } from './secure-options.ts';

const subject = 'agents';
const registered = z.preprocess(
  unwrapped,
  wireObject({
    id: z.string().nullish(),
    agentId: z.string().nullish(),
    publicKey: z.string().nullish(),
    privateKey: z.string().nullish(),
    status: z.string().nullish(),
    trustScore,
    organizationId: z.string().nullish(),
  }),
);
type Registered = z.infer<typeof registered>;

/** @throws ConfigurationError where the name is taken, or the server answers another key than ours. */
export async function registerNew(
  name: string,
  options: SecureOptions,
  registrant: Registrant,
  caller: Caller,
): Promise<AgentCredentials> {
  const key = await newSigningKey();
  const body = { ...bodyOf(name, options), publicKey: key.publicKey };
  if (registrant.kind === 'bootstrap')
    return kept(name, await exchange(name, body, registrant.token, caller, options), key, caller.server);
  if (registrant.kind === 'session') {
    const existing = await findByName(name, caller, options.signal);
    if (existing !== null) return rekey(name, existing, key, caller, options.signal);
  }
  try {
    return kept(name, await registerOnce(body, caller, options.signal), key, caller.server);
  } catch (error) {
    if (registrant.kind === 'api-key' && isOlderServer(error))
      return registerAtOlder(name, body, registrant.apiKey, caller, options.signal);
    throw isTaken(error) ? nameTaken(name, caller.server, error) : error;
  }
}

// An answer that is lost on the way may have been a yes: the same key is sent again, and a name that is taken by that key is ours.
async function registerOnce(
  body: Record<string, unknown> & { publicKey: string },
  caller: Caller,
  signal: AbortSignal | undefined,
): Promise<Registered> {
  const ask = () => caller.ask({ method: 'POST', path: '/api/v1/agents', body, schema: registered, subject, signal });
  try {
    return await ask();
  } catch (lost) {
    if (!(lost instanceof AIMError) || !mayRetry(lost)) throw lost;
    await pause(pauseBefore(1), signal);
    try {
      return await ask();
    } catch (error) {
      const found = isTaken(error) ? await agentNamed(String(body['name']), caller, signal) : null;
      if (found === null || found.publicKey !== body.publicKey) throw error;
      return found;
    }
  }
}

function bodyOf(name: string, options: SecureOptions): Record<string, unknown> {
  const {
    displayName = name,
    description = '',
    agentType = 'ai_agent',
    version = '1.0.0',
    capabilities,
    mcpServers,
    tags,
    metadata,
    repositoryUrl,
    documentationUrl,
  } = options;
  const all = {
    name,
    displayName,
    description,
    agentType,
    version,
    capabilities,
    talksTo: mcpServers,
    tagIds: tags,
    metadata,
    repositoryUrl,
    documentationUrl,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

// An agent of this name that this owner has already, whose key is elsewhere: it gets a new key, and keeps what operators set.
async function findByName(name: string, caller: Caller, signal: AbortSignal | undefined): Promise<string | null> {
  const found = await agentNamed(name, caller, signal);
  return found?.id ?? found?.agentId ?? null;
}

async function agentNamed(name: string, caller: Caller, signal: AbortSignal | undefined): Promise<Registered | null> {
  try {
    return await caller.ask({
      path: `/api/v1/sdk-api/agents/${encodeURIComponent(name)}`,
      schema: registered,
      subject,
      signal,
    });
  } catch (error) {
    if (
      error instanceof AIMError &&
      (error.exitCode === ExitCode.NotFound || error.code === 'agents.unsupported' || error instanceof AuthenticationError)
    )
      return null;
    throw error;
  }
}

async function rekey(
  name: string,
  id: string,
  key: SigningKey,
  caller: Caller,
  signal: AbortSignal | undefined,
): Promise<AgentCredentials> {
  await caller.tell({
    method: 'PUT',
    path: `/api/v1/agents/${encodeURIComponent(id)}/keys`,
    body: { publicKey: key.publicKey },
    subject,
    signal,
  });
  const now = await caller.ask({ path: `/api/v1/agents/${encodeURIComponent(id)}`, schema: registered, subject, signal });
  return kept(name, { ...now, publicKey: key.publicKey, privateKey: null }, key, caller.server);
}

// SDKs up to 2.0.3 let the server make the key pair; servers of their time know nothing else (wire-agents §2.4).
async function registerAtOlder(
  name: string,
  { publicKey: _, ...body }: Record<string, unknown>,
  apiKey: string,
  caller: Caller,
  signal: AbortSignal | undefined,
): Promise<AgentCredentials> {
  const answer = await caller.ask({
    method: 'POST',
    path: '/api/v1/public/agents/register',
    body,
    headers: { 'x-aim-api-key': apiKey },
    schema: registered,
    subject,
    signal,
  });
  return kept(name, answer, null, caller.server);
}

function exchange(
  name: string,
  body: Record<string, unknown>,
  token: string,
  caller: Caller,
  { signal }: SecureOptions,
): Promise<Registered> {
  const { publicKey, agentType } = body;
  return caller.ask({
    method: 'POST',
    path: '/api/v1/onboarding/bootstrap-tokens/exchange',
    body: { name, agentType, publicKey },
    headers: { 'x-aim-bootstrap-token': token },
    schema: registered,
    subject: 'bootstrap-token',
    signal,
  });
}

function kept(name: string, answer: Registered, ours: SigningKey | null, server: string): AgentCredentials {
  const agentId = answer.id ?? answer.agentId;
  if (!agentId)
    throw new ConfigurationError('agent.no-id', {
      message: `${server} registered the agent without telling its id.`,
      next: 'The server may be of another kind: aim status',
    });
  const key = answer.privateKey ? readSigningKey(answer.privateKey) : ours;
  if (key === null)
    throw new ConfigurationError('agent.no-key', {
      message: `${server} registered the agent without giving it a key.`,
      next: 'Register with a sign-in instead: aim login',
    });
  if (answer.publicKey && answer.publicKey !== key.publicKey) {
    throw new ConfigurationError('agent.other-key', {
      message: `${server} registered the agent with another key than the one sent.`,
      next: 'Nothing was kept. The server cannot be used for agents that hold their own keys.',
    });
  }
  return {
    name,
    agentId,
    publicKey: key.publicKey,
    privateKey: key.privateKey,
    aimUrl: server,
    status: answer.status ?? 'pending',
    trustScore: answer.trustScore,
    organizationId: answer.organizationId ?? undefined,
  };
}

/** `{success, agent}` and a flat agent are the same to us. */
function unwrapped(body: unknown): unknown {
  const inner = (camelMembers(body) as { agent?: unknown } | null)?.agent;
  return typeof inner === 'object' && inner !== null ? inner : body;
}

const isOlderServer = (error: unknown): boolean =>
  error instanceof AIMError && (error instanceof AuthenticationError || error.code === 'agents.unsupported');
// Old servers answer a duplicate with 500 and say so in words (recorded/README, quirk 4).
const isTaken = (error: unknown): boolean =>
  error instanceof AIMError && (error.exitCode === ExitCode.Conflict || /already exists|duplicate/i.test(error.message));

function nameTaken(name: string, server: string, cause: unknown): ConfigurationError {
  return new ConfigurationError('agent.name-taken', {
    message: `${server} has an agent called "${oneLine(name, 80)}" already, and its key is not on this machine.`,
    next: 'Choose another name, or bring ~/.aim/agents from the machine that has it, or sign in (aim login) to give it a new key.',
    field: 'name',
    exitCode: ExitCode.Conflict,
    cause,
  });
}
