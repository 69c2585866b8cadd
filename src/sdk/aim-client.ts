// An agent that is registered with AIM: what it asks before it acts, and what it can ask for. `secure()` makes one.

import { ConfigurationError } from '../errors.ts';
import type { Caller } from '../http/caller.ts';
import { agentCredentials, type CredentialSource } from '../http/credential-source.ts';
import { serverAddress } from '../http/server-address.ts';
import type { Transport } from '../http/transport.ts';
import { type ActionOptions, type ActionParts, type ActionWrapper, actionWrapper, performAction } from './action.ts';
import type { ApprovalProgress } from './await-approval.ts';
import { checkAsking, checkClientOptions } from './client-arguments.ts';
import { firstThatWorks } from './credential-chain.ts';
import { createEnforcement, type EnforcementChoice } from './enforcement.ts';
import { identityOf } from './identity.ts';
import { lazyManagement, lazySecrets } from './lazy-management.ts';
import { createLink, type Link } from './link.ts';
import type { Management } from './management.ts';
import { managementCaller } from './management-caller.ts';
import { createOutcomeReports } from './outcome-reports.ts';
import { checkedDemand, type ReceiptDemand } from './receipt-demand.ts';
import type { SecretsClient } from './secrets-client.ts';
import { requireSupportedNode } from './supported-node.ts';
import { createRecorder, type Recorder, type TelemetryOptions } from './telemetry/recorder.ts';
import type { Verification, VerifyOptions } from './verification.ts';
import { createVerifier, isForPerson } from './verifier.ts';

/** An agent by hand: its id, its keys, its server, and how patient it is. */
export type AIMClientOptions = {
  agentId: string;
  /** Base64 of the 32 bytes. Checked against the private key where given. */
  publicKey?: string | undefined;
  /** Base64 of the 32-byte seed, or of 64 bytes, seed then public key. */
  privateKey: string;
  aimUrl: string;
  name?: string | undefined;
  /** Seconds for one request. Default 30. */
  timeout?: number | undefined;
  /** Repeat what failed on the way and is safe to repeat. Default true. */
  autoRetry?: boolean | undefined;
  /** Default 3. */
  maxRetries?: number | undefined;
  maxRequestsPerSecond?: number | undefined;
  /** Default `strict`: without a decision nothing runs. */
  enforcementMode?: EnforcementChoice | undefined;
  /** Told while any action of this agent waits for a person. */
  onWaiting?: ((progress: ApprovalProgress) => void) | undefined;
  /** Actions of these risk levels run only with a receipt that a pinned reviewer has signed over them. Default: none does. */
  requireReceipts?: ReceiptDemand | undefined;
  /** Keeps records of decisions on this machine, joined with what others infer about them. Default off. */
  telemetry?: boolean | TelemetryOptions | undefined;
  apiKey?: string | undefined;
  status?: string | null | undefined;
  trustScore?: number | null | undefined;
  capabilities?: readonly string[] | undefined;
  /** What else may speak for the agent's owner, tried where a server wants more than the agent's signature. */
  fallbackCredentials?: readonly CredentialSource[] | undefined;
  /** Where keys are kept. Default `~/.aim`. */
  credentialsFolder?: string | undefined;
  sdkTokenId?: string | undefined;
  transport?: Transport | undefined;
};

/** A registered agent: what it asks before it acts, and what it can ask for. `secure()` makes one. */
export class AIMClient {
  readonly agentId: string;
  readonly aimUrl: string;
  readonly name: string;
  /** As the server said when this client was made. */
  readonly status: string | null;
  readonly trustScore: number | null;
  /** For routes that have no method here: signed, repeated and mapped to errors like all others. */
  readonly caller: Caller;
  /** Secrets that a broker keeps for this agent, sealed for its key. */
  readonly secrets: SecretsClient;
  // Agents, capabilities, keys and MCP servers, as the reference names them.
  readonly createNewAgent: Management['createNewAgent'];
  readonly listAgents: Management['listAgents'];
  readonly getAgentDetails: Management['getAgentDetails'];
  readonly updateAgent: Management['updateAgent'];
  readonly deleteAgent: Management['deleteAgent'];
  readonly getTrustScore: Management['getTrustScore'];
  readonly heartbeat: Management['heartbeat'];
  readonly registerCapability: Management['registerCapability'];
  readonly requestCapability: Management['requestCapability'];
  readonly listCapabilities: Management['listCapabilities'];
  readonly rotateKeys: Management['rotateKeys'];
  readonly listApiKeys: Management['listApiKeys'];
  readonly createApiKey: Management['createApiKey'];
  readonly deleteApiKey: Management['deleteApiKey'];
  readonly registerMcpServer: Management['registerMcpServer'];
  readonly listMcpServers: Management['listMcpServers'];
  readonly attestMcpServer: Management['attestMcpServer'];
  readonly useMcpTool: Management['useMcpTool'];
  readonly attestIsolation: Management['attestIsolation'];
  readonly #background = new Set<Promise<unknown>>();
  readonly #link: Link;
  readonly #parts: ActionParts;
  readonly #recorder: Recorder | undefined;

  /** @throws ConfigurationError for a malformed key, id or address. */
  constructor(options: AIMClientOptions) {
    requireSupportedNode();
    checkClientOptions(options);
    const identity = identityOf(options);
    const { maxRetries = 3, autoRetry = true, timeout = 30 } = options;
    if (typeof timeout !== 'number' || !(timeout > 0))
      throw new ConfigurationError('client.timeout', { message: 'timeout is a number of seconds above 0.', field: 'timeout' });
    this.aimUrl = serverAddress(options.aimUrl);
    this.agentId = identity.agentId;
    this.name = options.name ?? identity.agentId;
    this.status = options.status ?? null;
    this.trustScore = options.trustScore ?? null;
    this.#link = createLink({
      server: this.aimUrl,
      identity,
      agentName: this.name,
      timeoutMs: timeout * 1000,
      retries: autoRetry ? maxRetries : 0,
      maxRequestsPerSecond: options.maxRequestsPerSecond,
      sdkTokenId: options.sdkTokenId,
      transport: options.transport,
    });
    if (options.telemetry) this.#recorder = createRecorder(this.agentId, options.telemetry === true ? {} : options.telemetry);
    const enforcement = createEnforcement(options.enforcementMode ?? 'strict');
    const agentItself = agentCredentials(identity, this.#link.clock);
    const credentials = firstThatWorks([agentItself, ...(options.fallbackCredentials ?? [])]);
    this.caller = managementCaller(this.#link, credentials);
    const owned = { declared: options.capabilities ?? [], folder: options.credentialsFolder };
    const management = lazyManagement(async () =>
      (await import('./management.ts')).createManagement(this.caller, this.#link, owned),
    );
    this.secrets = lazySecrets(async () =>
      (await import('./secrets-client.ts')).createSecretsClient(this.caller, this.#link.identity, this.#link.clock.now),
    );
    this.createNewAgent = management.createNewAgent;
    this.listAgents = management.listAgents;
    this.getAgentDetails = management.getAgentDetails;
    this.updateAgent = management.updateAgent;
    this.deleteAgent = management.deleteAgent;
    this.getTrustScore = management.getTrustScore;
    this.heartbeat = management.heartbeat;
    this.registerCapability = management.registerCapability;
    this.requestCapability = management.requestCapability;
    this.listCapabilities = management.listCapabilities;
    this.rotateKeys = management.rotateKeys;
    this.listApiKeys = management.listApiKeys;
    this.createApiKey = management.createApiKey;
    this.deleteApiKey = management.deleteApiKey;
    this.registerMcpServer = management.registerMcpServer;
    this.listMcpServers = management.listMcpServers;
    this.attestMcpServer = management.attestMcpServer;
    this.useMcpTool = management.useMcpTool;
    this.attestIsolation = management.attestIsolation;
    const requireReceipts = options.requireReceipts && checkedDemand(options.requireReceipts);
    const { onWaiting } = options;
    this.#parts = {
      verify: createVerifier(this.#link, enforcement, { onWaiting, requireReceipts, recorder: this.#recorder }),
      isForPerson: (capability, asked) => isForPerson(capability, asked, requireReceipts),
      enforcement,
      reports: createOutcomeReports(this.#link),
      register: management.mention,
      agentId: this.agentId,
      agentName: this.name,
    };
  }

  /** Signs with the agent's key, which itself never leaves this client. Standard base64. */
  sign(message: string | Uint8Array): string {
    return this.#link.identity.key.sign(message);
  }

  /** Base64 of the 32 bytes; another one after `rotateKeys()`. */
  get publicKey(): string {
    return this.#link.identity.key.publicKey;
  }

  /**
   * Asks whether this agent may use a capability, and waits where a person decides.
   * @throws ActionDeniedError, VerificationUnavailableError, AuthenticationError; never answers "no" with a value.
   */
  async verifyCapability(capability: string, options: VerifyOptions = {}): Promise<Verification> {
    checkAsking('verifyCapability', options);
    return this.#parts.verify(capability, options);
  }

  /** Verifies, then runs `action`, then reports how it went in the background. Without a yes it does not run. */
  performAction<Result>(capability: string, action: (verification: Verification | null) => Result): Promise<Awaited<Result>>;
  performAction<Result>(
    capability: string,
    options: VerifyOptions & { autoRegister?: boolean },
    action: (verification: Verification | null) => Result,
  ): Promise<Awaited<Result>>;
  performAction<Result>(
    capability: string,
    optionsOrAction: VerifyOptions | ((verification: Verification | null) => Result),
    action?: (verification: Verification | null) => Result,
  ): Promise<Awaited<Result>> {
    return typeof optionsOrAction === 'function'
      ? performAction(this.#parts, capability, {}, optionsOrAction)
      : performAction(this.#parts, capability, optionsOrAction, action as NonNullable<typeof action>); // looked at there
  }

  /** Wraps a function, or decorates a method, so that each call is verified first. Without a name, that of the function. */
  action(capability?: string, options: ActionOptions = {}): ActionWrapper {
    return actionWrapper(this.#parts, capability, options);
  }

  /** Like `performAction`, but a person decides in any case; waits up to an hour. */
  requireApproval<Result>(
    capability: string,
    options: Omit<VerifyOptions, 'requiresApproval'>,
    action: (verification: Verification | null) => Result,
  ): Promise<Awaited<Result>> {
    return performAction(this.#parts, capability, Object.assign({}, options, { requiresApproval: true as const }), action);
  }

  /** Waits until what goes on in the background is done and all reports are sent, at most `timeoutMs` each. */
  async flush(timeoutMs = 5_000): Promise<void> {
    await this.#parts.reports.flush(timeoutMs);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timeoutMs);
    });
    await Promise.race([Promise.allSettled(this.#background), late]);
    clearTimeout(timer);
  }

  /** Keeps work that `flush()` and `close()` wait for. */
  inBackground(work: Promise<unknown>): void {
    this.#background.add(work);
    work.catch(() => {}).finally(() => this.#background.delete(work));
  }

  /** Sends what is left and lets go of the connections. `await using agent = await secure(…)` does it by itself. */
  async close(): Promise<void> {
    await this.flush();
    await this.#recorder?.close();
    this.#link.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Never a key: an agent may end up in a log. */
  toJSON(): { agentId: string; name: string; aimUrl: string; publicKey: string } {
    return { agentId: this.agentId, name: this.name, aimUrl: this.aimUrl, publicKey: this.publicKey };
  }
}
