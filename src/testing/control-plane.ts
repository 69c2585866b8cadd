// A control plane in memory, for tests: on a port of its own, gone when stopped.

import { startControlPlane } from '../control-plane/start.ts';

export type TestControlPlane = {
  url: string;
  admin: { email: string; password: string };
  stop(): Promise<void>;
};

/** Starts one. `clock` replaces the time that it goes by. */
export async function startTestControlPlane(options: { clock?: () => number } = {}): Promise<TestControlPlane> {
  const admin = { email: 'operator@example.test', password: 'correct horse battery staple' };
  const { url, stop } = await startControlPlane({
    adminEmail: admin.email,
    adminPassword: admin.password,
    clock: options.clock,
  });
  return { url, admin, stop };
}
