// A control plane in memory, for tests: on a port of its own, gone when stopped, with an administrator at hand.

import { startControlPlane } from '../control-plane/start.ts';
import { type Administrator, administratorOf } from './administrator.ts';

/** A control plane in memory, with its administrator. */
export type TestControlPlane = Administrator & {
  url: string;
  /** The first administrator, who can sign in. */
  administrator: { email: string; password: string };
  /** The same, shorter. */
  admin: { email: string; password: string };
  stop(): Promise<void>;
};

/** Starts one. `clock` replaces the time that it goes by, in milliseconds. */
export async function startTestControlPlane(options: { clock?: () => number } = {}): Promise<TestControlPlane> {
  const administrator = { email: 'operator@example.test', password: 'correct horse battery staple' };
  const { url, stop } = await startControlPlane({
    adminEmail: administrator.email,
    adminPassword: administrator.password,
    clock: options.clock,
  });
  return { url, administrator, admin: administrator, ...administratorOf(url, administrator), stop };
}
