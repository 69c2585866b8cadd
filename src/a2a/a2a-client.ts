// What AIM keeps between agents: cards, skills, trust, tasks, consent, policies. Names as in the reference, bodies as servers read them.

import { callable, checkArguments, id, object } from '../arguments.ts';
import { ConfigurationError, RemoteError } from '../errors.ts';
import type { CallOptions } from '../http/api.ts';
import type { Call } from '../http/caller.ts';
import { AIMClient } from '../sdk/aim-client.ts';
import { camelMembers } from '../wire/member-names.ts';
import type { Answer, Attestation, Consent, Task, TaskState, Verified } from './a2a-types.ts';
import { A2AAgentCard, type AgentCard } from './agent-card.ts';
import { type A2ARequest, requestHash, type SignedA2ARequest, signA2ARequest } from './request-signature.ts';

/** An error of the A2A routes; catch it as the AIMError that it is. */
export class A2AError extends RemoteError {}

/** What AIM keeps between agents, asked for and told as this one. Requests to other agents are signed here: `signRequest`. */
export class A2AClient {
  readonly agentId: string;
  readonly #agent: AIMClient;

  constructor(agent: AIMClient) {
    checkArguments('new A2AClient', { agent: object({ agentId: id, sign: callable, caller: object() }) }, [agent]);
    this.#agent = agent;
    this.agentId = agent.agentId;
  }

  /** From AIM_AGENT_ID, AIM_PRIVATE_KEY, AIM_PUBLIC_KEY and AIM_URL. @throws ConfigurationError naming the one that is missing. */
  static fromEnv(env: Readonly<Record<string, string | undefined>> = process.env): A2AClient {
    const {
      AIM_AGENT_ID: agentId,
      AIM_PRIVATE_KEY: privateKey,
      AIM_PUBLIC_KEY: publicKey,
      AIM_URL: aimUrl = 'http://localhost:8080',
    } = env;
    if (!agentId || !privateKey) {
      const field = agentId ? 'AIM_PRIVATE_KEY' : 'AIM_AGENT_ID';
      throw new ConfigurationError('a2a.environment', {
        message: `${field} is not set.`,
        next: 'Set AIM_AGENT_ID, AIM_PRIVATE_KEY and AIM_URL, or use new A2AClient(agent).',
        field,
      });
    }
    return new A2AClient(new AIMClient({ agentId, privateKey, publicKey: publicKey || undefined, aimUrl }));
  }

  // Cards

  /** A card of this agent, ready to publish. */
  card(options: Omit<ConstructorParameters<typeof A2AAgentCard>[0], 'agentId' | 'publicKey' | 'aimUrl'>): A2AAgentCard {
    return new A2AAgentCard({
      ...options,
      agentId: this.agentId,
      publicKey: this.#agent.publicKey,
      aimUrl: this.#agent.aimUrl,
    });
  }
  registerAgentCard = (cardUrl: string, options?: CallOptions) => this.#post(`agents/${this.#own}/card`, { cardUrl }, options);
  getAgentCard = async (agentId: string = this.agentId, options?: CallOptions): Promise<AgentCard> =>
    (await import('./read-agent-card.ts')).readAgentCard(await this.#get(`agents/${enc(agentId)}/card`, {}, options));
  updateAgentCard = (cardId: string, change: Answer, options?: CallOptions) =>
    this.#call('PUT', `cards/${enc(cardId)}`, change, options);
  refreshAttestation = (options?: CallOptions) => this.#post(`agents/${this.#own}/card/refresh`, {}, options);
  listAgentCards = (query: { limit?: number; offset?: number } = {}, options?: CallOptions) =>
    this.#list('cards', 'cards', query, options);
  /** Registers the card that an agent publishes, where it is today or was before A2A 0.3. */
  discoverAgent = (url: string, options?: CallOptions) =>
    this.registerAgentCard(`${url.replace(/\/+$/, '')}/.well-known/agent-card.json`, options);

  // Skills

  registerSkill = (
    skill: { name: string; description: string; inputSchema?: unknown; outputSchema?: unknown; tags?: readonly string[] },
    options?: CallOptions,
  ) => this.#post('skills', { agentId: this.agentId, ...skill }, options);
  getSkills = (agentId: string = this.agentId, options?: CallOptions) =>
    this.#list(`agents/${enc(agentId)}/skills`, 'skills', {}, options);
  listSkills = (options?: CallOptions) => this.getSkills(this.agentId, options);
  searchSkills = (q: string, { limit = 20 }: { limit?: number } = {}, options?: CallOptions) =>
    this.#list('skills/search', 'skills', { q, limit }, options);
  deleteSkill = (skillId: string, options?: CallOptions) => this.#call('DELETE', `skills/${enc(skillId)}`, undefined, options);
  attestSkill = (
    { attestationType = 'SKILL_VERIFICATION', confidence = 1, evidence = {}, ...rest }: Attestation,
    options?: CallOptions,
  ) => this.#post('attestations', { attestingAgentId: this.agentId, attestationType, confidence, evidence, ...rest }, options);
  getSkillAttestations = (agentId: string, options?: CallOptions) =>
    this.#list(`agents/${enc(agentId)}/attestations`, 'attestations', {}, options);
  getConsensusStatus = (agentId: string, skillId: string, options?: CallOptions) =>
    this.#get(`agents/${enc(agentId)}/skills/${enc(skillId)}/consensus`, {}, options);
  revokeAttestation = (attestationId: string, reason: string, options?: CallOptions) =>
    this.#post(`attestations/${enc(attestationId)}/revoke`, { reason }, options);

  // Signed requests

  /** Signed here, with the agent's own key; nothing is sent. Put `headers` on the request as it is. */
  signRequest(method: string, path: string, body?: A2ARequest['body']): ReturnType<typeof signA2ARequest> {
    return signA2ARequest(this.#signer, { method, path, body });
  }
  /** Asks AIM whether an agent signed exactly this request. The hash is computed from what was received, not taken from the caller. */
  async verifyRequest(
    request: A2ARequest,
    signed: Pick<SignedA2ARequest, 'agentId' | 'timestamp' | 'nonce' | 'signature'>,
    options: CallOptions = {},
  ): Promise<Verified> {
    const { agentId, timestamp, nonce, signature } = signed;
    const hash = requestHash(request, timestamp, nonce);
    const { status, body } = await this.#agent.caller.raw({
      method: 'POST',
      path: '/api/v1/a2a/verify',
      body: { agentId, timestamp, nonce, signature, requestHash: hash },
      subject: 'a2a',
      signal: options.signal,
    });
    const { verifiedAnswer } = await import('./answers.ts');
    const answer = verifiedAnswer.safeParse(camelMembers(body)).data;
    if (answer !== undefined && (answer.valid === false || (status >= 200 && status < 300))) return answer;
    throw new A2AError('a2a.no-verdict', {
      message: `${this.#agent.aimUrl} did not say whether the signature holds: it answered with status ${status}.`,
      next: 'Take the request for one that is not signed. Is this the address of an AIM server? aim status',
    });
  }

  // Trust

  getTrustScore = (agentId: string = this.agentId, options?: CallOptions) =>
    this.#get(`agents/${enc(agentId)}/trust-score`, {}, options);
  computeTrustScore = (agentId: string = this.agentId, options?: CallOptions) =>
    this.#post(`agents/${enc(agentId)}/trust-score/compute`, {}, options);
  getPeerTrust = (peerId: string, options?: CallOptions) =>
    this.#get(`agents/${this.#own}/peers/${enc(peerId)}/trust`, {}, options);
  listPeerTrusts = (options?: CallOptions) => this.#list('peers', 'peers', {}, options);
  recordSuccessfulInteraction = (
    peerId: string,
    { taskType, durationMs }: { taskType?: string; durationMs?: number } = {},
    options?: CallOptions,
  ) => this.#post(`trust/${enc(peerId)}/interaction`, { success: true, taskType, durationMs }, options);
  recordFailedInteraction = (peerId: string, errorReason: string, options?: CallOptions) =>
    this.#post(`trust/${enc(peerId)}/interaction`, { success: false, errorReason }, options);

  // Finding others

  routeByIntent = (
    intent: string,
    { minTrustScore = 0, limit }: { minTrustScore?: number; limit?: number } = {},
    options?: CallOptions,
  ) => this.#get('route', { intent, minTrustScore, limit }, options);
  getCapableAgents = (
    skill: string,
    { minTrustScore, limit }: { minTrustScore?: number; limit?: number } = {},
    options?: CallOptions,
  ) => this.#list('capable-of', 'agents', { skill, minTrustScore, limit }, options);

  // Tasks and consent

  logTask = (task: Task, options?: CallOptions) => this.#post('tasks', { clientAgentId: this.agentId, ...task }, options);
  updateTaskState = (
    taskId: string,
    state: TaskState,
    { errorCode, errorMessage }: { errorCode?: string; errorMessage?: string } = {},
    options?: CallOptions,
  ) => this.#call('PUT', `tasks/${enc(taskId)}/state`, { state, errorCode, errorMessage }, options);
  getTaskHistory = (agentId: string = this.agentId, options?: CallOptions) =>
    this.#list('tasks', 'tasks', { agentId }, options);
  recordConsent = ({ dataTypes = [], expiresInHours = 24, consentMethod = 'api', ...rest }: Consent, options?: CallOptions) =>
    this.#post('consent', { grantorAgentId: this.agentId, dataTypes, expiresInHours, consentMethod, ...rest }, options);
  checkConsent = async (
    query: { userId: string; recipientAgentId: string; scope?: string },
    options?: CallOptions,
  ): Promise<boolean> =>
    (await this.#get('consent/check', { grantorAgentId: this.agentId, ...query }, options))['hasConsent'] === true;
  revokeConsent = (consentId: string, reason?: string, options?: CallOptions) =>
    this.#post(`consent/${enc(consentId)}/revoke`, { reason }, options);
  listUserConsents = (userId: string, options?: CallOptions) =>
    this.#list(`consent/user/${enc(userId)}`, 'consents', {}, options);

  // Security

  checkSecurity = (
    check: { targetAgentId: string; skillId?: string; requestSignature?: string; requestNonce?: string },
    options?: CallOptions,
  ) => this.#post('security/check', { requestingAgentId: this.agentId, ...check }, options);
  getSecuritySettings = (options?: CallOptions) => this.#get('security/settings', {}, options);
  updateSecuritySettings = (settings: Answer, options?: CallOptions) =>
    this.#call('PUT', 'security/settings', settings, options);
  getSecurityViolations = (options?: CallOptions) => this.#list('security/violations', 'violations', {}, options);
  evaluatePolicy = (policy: { event: string; remoteAgentId: string; skillId?: string }, options?: CallOptions) =>
    this.#post('policies/evaluate', { clientAgentId: this.agentId, ...policy }, options);

  get #own(): string {
    return enc(this.agentId);
  }
  get #signer() {
    const { agentId, publicKey } = this.#agent;
    return { agentId, publicKey, sign: (message: Uint8Array) => this.#agent.sign(message) };
  }

  async #get(route: string, query: NonNullable<Call['query']>, options?: CallOptions): Promise<Answer> {
    return this.#agent.caller.ask({
      path: `/api/v1/a2a/${route}`,
      query,
      schema: (await import('./answers.ts')).answer,
      subject: 'a2a',
      signal: options?.signal,
    });
  }
  #post(route: string, body: unknown, options?: CallOptions): Promise<Answer> {
    return this.#call('POST', route, body, options);
  }
  async #call(method: string, route: string, body: unknown, options?: CallOptions): Promise<Answer> {
    return this.#agent.caller.ask({
      method,
      path: `/api/v1/a2a/${route}`,
      body,
      schema: (await import('./answers.ts')).answer,
      subject: 'a2a',
      signal: options?.signal,
    });
  }
  /** A list, whether it comes bare, under its name, or as null. */
  async #list(route: string, name: string, query: NonNullable<Call['query']>, options?: CallOptions): Promise<Answer[]> {
    const body = await this.#agent.caller.ask({
      path: `/api/v1/a2a/${route}`,
      query,
      schema: (await import('./answers.ts')).anything,
      subject: 'a2a',
      signal: options?.signal,
    });
    const list = Array.isArray(body) ? body : (camelMembers(body) as Answer | null)?.[name];
    return Array.isArray(list) ? (list as Answer[]).map((one) => camelMembers(one) as Answer) : [];
  }
}

/** @throws ConfigurationError for what cannot be a part of an address. */
function enc(part: string): string {
  checkArguments('A2AClient', { id }, [part]);
  return encodeURIComponent(part);
}
