// What an operator does in these tests, through the same client as the dashboard; and a home for one agent's credentials.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loginWithPassword } from '../../src/auth/login-password.ts';
import type { Api } from '../../src/http/api.ts';
import { createApi } from '../../src/http/create-api.ts';
import type { AIMClient, SecureOptions } from '../../src/index.ts';
import { secure } from '../../src/index.ts';
import { startTestControlPlane } from '../../src/testing/control-plane.ts';
import { agentId, type VerificationId } from '../../src/wire/scalars.ts';

export type Stage = {
  url: string;
  api: Api;
  folder: string;
  /** An agent that is verified and may do what it declares. */
  agent(name: string, options?: SecureOptions): Promise<AIMClient>;
  trust(agent: AIMClient, capabilities?: readonly string[]): Promise<void>;
  /** Waits until something waits, and gives its id. */
  nextPending(): Promise<VerificationId>;
  stop(): Promise<void>;
};

/** A control plane, an operator who is signed in to it on this machine, and an empty `~/.aim`. */
export async function startStage(): Promise<Stage> {
  const controlPlane = await startTestControlPlane();
  const folder = await mkdtemp(join(tmpdir(), 'aim-sdk-'));
  const session = await loginWithPassword({
    server: controlPlane.url,
    ...controlPlane.admin,
    paths: { aim: folder },
    store: 'file',
  });
  const api = createApi({ server: controlPlane.url, credentials: session.credentials });
  const opened: AIMClient[] = [];

  async function trust(agent: AIMClient, capabilities: readonly string[] = []): Promise<void> {
    await api.agents.verify(agentId.parse(agent.agentId));
    for (const capabilityType of capabilities) {
      const { status } = await api.raw('POST', `/api/v1/agents/${agent.agentId}/capabilities`, { body: { capabilityType } });
      if (status >= 400) throw new Error(`granting ${capabilityType} answered ${status}`);
    }
  }

  return {
    url: controlPlane.url,
    api,
    folder,
    trust,
    async agent(name, options = {}) {
      const agent = await secure(name, { credentialsFolder: folder, autoDetect: false, ...options });
      opened.push(agent);
      await trust(agent, options.capabilities ?? []);
      return agent;
    },
    async nextPending() {
      for (;;) {
        const { items } = await api.approvals.list();
        if (items[0] !== undefined) return items[0].id;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    async stop() {
      for (const agent of opened) await agent.close();
      await controlPlane.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
