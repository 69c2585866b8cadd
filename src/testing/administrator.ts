// What an operator does in an integration test: keys, trust, decisions; signed in when it is first needed, kept nowhere.

import { z } from 'zod';
import { passwordTokens } from '../auth/login-password.ts';
import type { Api } from '../http/api.ts';
import { createApi } from '../http/create-api.ts';
import type { CredentialSource } from '../http/credential-source.ts';
import { agentId, type VerificationId } from '../wire/scalars.ts';

/** The operator of a test: signed in when first needed. */
export type Administrator = {
  /** Everything an operator can ask of this control plane. */
  api: Api;
  /** A new API key, to register agents with. */
  apiKey(name?: string): Promise<string>;
  /** Verifies an agent, as new ones wait for, and grants it capabilities. */
  trust(agent: string, capabilities?: readonly string[]): Promise<void>;
  /** Waits until something waits for a person, and gives its id. */
  nextPending(options?: { signal?: AbortSignal }): Promise<VerificationId>;
  approve(id: VerificationId, reason?: string): Promise<void>;
  deny(id: VerificationId, reason: string): Promise<void>;
};

export function administratorOf(url: string, account: { email: string; password: string }): Administrator {
  let token: Promise<string> | undefined;
  const signIn = (): Promise<string> => {
    token ??= passwordTokens(url, account).then(({ accessToken }) => accessToken);
    return token;
  };
  const credentials: CredentialSource = {
    headersFor: async () => ({ authorization: `Bearer ${await signIn()}` }),
    async renew() {
      token = undefined;
      return true;
    },
  };
  const api = createApi({ server: url, credentials });

  async function post(path: string, body: unknown): Promise<unknown> {
    const answer = await api.raw('POST', path, { body });
    if (answer.status >= 300) throw new Error(`POST ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  return {
    api,
    apiKey: async (name = 'test') => z.object({ apiKey: z.string() }).parse(await post('/api/v1/api-keys', { name })).apiKey,
    async trust(agent, capabilities = []) {
      await api.agents.verify(agentId.parse(agent));
      for (const capabilityType of capabilities)
        await post(`/api/v1/agents/${encodeURIComponent(agent)}/capabilities`, { capabilityType });
    },
    async nextPending({ signal } = {}) {
      for (;;) {
        signal?.throwIfAborted();
        const { items } = await api.approvals.list();
        if (items[0] !== undefined) return items[0].id;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    approve: async (id, reason) => void (await api.approvals.approve(id, { reason })),
    deny: async (id, reason) => void (await api.approvals.deny(id, { reason })),
  };
}
