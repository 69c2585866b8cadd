// What `secure()` does: the agent is found on this machine or registered, and becomes a client that asks before it acts.

import {
  type AgentCredentials,
  agentFile,
  checkNameIsFree,
  checkNotBroken,
  loadAgentCredentials,
  saveAgentCredentials,
} from '../../credentials/agent-credentials.ts';
import { aimFolder } from '../../credentials/sdk-credentials.ts';
import { readSigningKey } from '../../crypto/ed25519.ts';
import { AIMError, StaleCredentialsError } from '../../errors.ts';
import { type Caller, createCaller } from '../../http/caller.ts';
import { agentCredentials, type CredentialSource, noCredentials } from '../../http/credential-source.ts';
import { nodeTransport } from '../../http/node-transport.ts';
import { serverAddress } from '../../http/server-address.ts';
import type { Transport } from '../../http/transport.ts';
import { securityLogger } from '../../security-log/configure.ts';
import { withLock } from '../../settings/lock.ts';
import { AIMClient } from '../aim-client.ts';
import { checkSecureOptions } from '../client-arguments.ts';
import { createClock } from '../clock.ts';
import { firstThatWorks } from '../credential-chain.ts';
import { sdkUserAgent } from '../link.ts';
import { mcpTargets, registerMcpInBackground, withDetected } from './detected.ts';
import { registerNew } from './register-new.ts';
import { findRegistrant, nobodyRegisters, type Registrant, type SignedIn } from './registrant.ts';
import { checkName, checkOptions, type SecureOptions } from './secure-options.ts';
import { confirmStored, sameServer } from './stored-agent.ts';

export async function secureAgent(name: string, options: SecureOptions & SignedIn = {}): Promise<AIMClient> {
  checkName(name);
  checkSecureOptions(options);
  checkOptions(options);
  const folder = options.credentialsFolder ?? aimFolder();
  const registrant = await findRegistrant(options, folder);
  // Two processes that start the same agent must end up with one: the second finds what the first has stored.
  const targets = await mcpTargets(options);
  const named = {
    ...options,
    mcpServers: [...new Set([...(options.mcpServers ?? []), ...targets.map((target) => target.name)])],
  };
  const agent = await withLock(agentFile(name, folder), () => findOrRegister(name, named, registrant, folder));
  const client = clientOf(agent, options, registrant);
  client.inBackground(registerMcpInBackground(client, targets));
  return client;
}

async function findOrRegister(
  name: string,
  options: SecureOptions,
  registrant: Registrant | null,
  folder: string,
): Promise<AgentCredentials> {
  if (!options.forceNew) await checkNotBroken(name, { folder });
  const stored = options.forceNew ? null : await loadAgentCredentials(name, { folder });
  const transport = options.transport ?? nodeTransport(stored?.aimUrl ?? registrant?.server ?? 'http://127.0.0.1');
  try {
    if (stored !== null) return await takeStored(stored, options, registrant, transport);
    if (registrant === null) throw nobodyRegisters(options.aimUrl === undefined ? undefined : serverAddress(options.aimUrl));
    // Before the server has an agent that nobody could keep.
    await checkNameIsFree(name, { folder });
    const agent = await registerNew(
      name,
      await withDetected(options),
      registrant,
      callerTo(registrant.server, transport, credentialsOf(registrant), options),
    );
    await saveAgentCredentials(agent, { folder });
    securityLogger.logAgentEvent('AGENT_REGISTERED', {
      agentId: agent.agentId,
      agentName: name,
      details: { server: agent.aimUrl },
    });
    return agent;
  } catch (error) {
    if (error instanceof StaleCredentialsError)
      securityLogger.logAgentEvent('AGENT_STALE_CREDENTIALS', { agentName: name, error: error.message });
    else if (error instanceof AIMError) logFailure(name, error);
    throw error;
  } finally {
    if (options.transport === undefined) transport.close();
  }
}

async function takeStored(
  stored: AgentCredentials,
  options: SecureOptions,
  registrant: Registrant | null,
  transport: Transport,
): Promise<AgentCredentials> {
  sameServer(stored, options.aimUrl === undefined ? undefined : serverAddress(options.aimUrl));
  // The owner's credentials tell a deleted agent (404) from a key that is not accepted (401); the agent's own cannot.
  const owner = registrant !== null && registrant.server === stored.aimUrl ? [credentialsOf(registrant)] : [];
  const itself = agentCredentials({ agentId: stored.agentId, key: readSigningKey(stored.privateKey) }, createClock());
  const agent = await confirmStored(
    stored,
    callerTo(stored.aimUrl, transport, firstThatWorks([...owner, itself]), options),
    options.signal,
  );
  securityLogger.logAgentEvent('AGENT_LOADED', { agentId: agent.agentId, agentName: agent.name });
  return agent;
}

function callerTo(
  server: string,
  transport: Transport,
  credentials: CredentialSource,
  { timeout = 30, maxRetries = 3, autoRetry = true }: SecureOptions,
): Caller {
  return createCaller({
    server,
    transport,
    credentials,
    userAgent: sdkUserAgent,
    timeoutMs: timeout * 1000,
    retries: autoRetry ? maxRetries : 0,
    readOnly: false,
  });
}

const credentialsOf = (registrant: Registrant): CredentialSource =>
  registrant.kind === 'bootstrap'
    ? { ...noCredentials, next: 'A bootstrap token is good once and for a short time: ask an operator for another.' }
    : registrant.credentials;

function clientOf(agent: AgentCredentials, options: SecureOptions, registrant: Registrant | null): AIMClient {
  const ofOwner =
    registrant !== null && registrant.kind !== 'bootstrap' && registrant.server === agent.aimUrl
      ? [registrant.credentials]
      : [];
  return new AIMClient({
    ...options,
    agentId: agent.agentId,
    publicKey: agent.publicKey,
    privateKey: agent.privateKey,
    aimUrl: agent.aimUrl,
    name: agent.name,
    status: agent.status,
    trustScore: agent.trustScore,
    capabilities: options.capabilities,
    credentialsFolder: options.credentialsFolder,
    fallbackCredentials: ofOwner,
    sdkTokenId: registrant?.kind === 'session' ? registrant.sdkTokenId : undefined,
  });
}

// A warning, although the log calls it an error: the error itself is thrown to whoever called, and need not be printed twice.
const logFailure = (agentName: string, error: AIMError): void =>
  securityLogger.log(
    'AGENT',
    'AGENT_REGISTRATION_FAILED',
    'WARNING',
    `Agent event: AGENT_REGISTRATION_FAILED for ${agentName}`,
    { agentName, error: error.message },
  );
