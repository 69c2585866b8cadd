// Who acts, and in which request: set once around a piece of work, found again by every line that the work logs.

import { AsyncLocalStorage } from 'node:async_hooks';
import type { EventFields } from './event.ts';

export type SecurityContext = Pick<
  EventFields,
  'agentId' | 'agentName' | 'userId' | 'organizationId' | 'correlationId' | 'parentEventId' | 'sessionId'
>;

/** Runs `run` with `context` added to that of its surroundings; also for everything that it starts and awaits. */
export function withSecurityContext<Result>(context: SecurityContext, run: () => Result): Result {
  const known = Object.fromEntries(Object.entries(context).filter(([, value]) => value !== undefined && value !== null));
  return storage.run({ ...storage.getStore(), ...known }, run);
}

/** What surrounds this call, or undefined. */
export const currentSecurityContext = (): SecurityContext | undefined => storage.getStore();

const storage = new AsyncLocalStorage<SecurityContext>();
