// Who a request speaks for: a signed-in person, an API key, or an agent that signs. The client asks before each attempt.

import { type AgentIdentity, agentRequestHeaders } from '../crypto/agent-request.ts';

/** A request as it will leave: `target` is the path with its query, exactly as sent. */
export type OutgoingRequest = { method: string; target: string; body: string };
export type Headers = Readonly<Record<string, string>>;

export type CredentialSource = {
  /** The headers that say who calls. Asked for each attempt, because signatures carry the time. */
  headersFor(request: OutgoingRequest, signal?: AbortSignal): Headers | Promise<Headers>;
  /** Called once after a 401. True where there are now other credentials and trying again makes sense. */
  renew?(refused: Headers, request: OutgoingRequest, signal?: AbortSignal): Promise<boolean>;
  /** What a person can do when the server does not accept these credentials. */
  readonly next?: string;
};

/** No credentials: public routes. */
export const noCredentials: CredentialSource = { headersFor: () => ({}), next: 'Sign in: aim login' };

/** An API key, in the header that every server version reads. */
export function apiKeyCredentials(apiKey: string): CredentialSource {
  return { headersFor: () => ({ 'X-API-Key': apiKey }), next: 'Check the API key: it may be wrong, disabled or expired.' };
}

/** An agent that signs its requests. `now` is milliseconds, corrected for the server's clock. */
export function agentCredentials(identity: AgentIdentity, now: () => number = Date.now): CredentialSource {
  return {
    headersFor: ({ method, target, body }) => agentRequestHeaders(identity, method, target, Math.floor(now() / 1000), body),
    next: 'Check the agent: aim agents show, and the clock of this machine.',
  };
}
