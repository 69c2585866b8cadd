// Who a request speaks for: a signed-in person, an API key, or an agent that signs. The client asks before each attempt.

import { type AgentIdentity, agentRequestHeaders } from '../crypto/agent-request.ts';

/** A request as it will leave: `target` is the path with its query, exactly as sent. */
export type OutgoingRequest = { method: string; target: string; body: string };
export type Headers = Readonly<Record<string, string>>;

export type CredentialSource = {
  /** The headers that say who calls. Asked for each attempt, because signatures carry the time. */
  headersFor(request: OutgoingRequest, signal?: AbortSignal): Headers | Promise<Headers>;
  /** Called after a 401. True where there are now other credentials and trying again makes sense. */
  renew?(refused: Headers, request: OutgoingRequest, signal?: AbortSignal, serverDate?: string): Promise<boolean>;
  /** How often one call may go on to others. Default once. */
  readonly renewals?: number;
  /** What a person can do when the server does not accept these credentials. */
  readonly next?: string;
};

/** No credentials: public routes. */
export const noCredentials: CredentialSource = { headersFor: () => ({}), next: 'Sign in: aim login' };

/** An API key, in the header that every server version reads. */
export function apiKeyCredentials(apiKey: string): CredentialSource {
  return { headersFor: () => ({ 'X-API-Key': apiKey }), next: 'Check the API key: it may be wrong, disabled or expired.' };
}

/** The time as the server has it: see `createClock`. */
type ServerClock = { now(): number; learn(dateHeader: string | undefined, signedAt: number): boolean };

/** An agent that signs its requests. A refusal may only mean that the clock is off: then it signs once more, with the server's time. */
export function agentCredentials(identity: AgentIdentity, clock: ServerClock): CredentialSource {
  return {
    headersFor: ({ method, target, body }) =>
      agentRequestHeaders(identity, method, target, Math.floor(clock.now() / 1000), body),
    renew: async (refused, _request, _signal, serverDate) => clock.learn(serverDate, Number(refused['X-Timestamp']) * 1000),
    next: 'Check the agent: aim agents show, and the clock of this machine.',
  };
}
