// What the demo's three agents share: registering, waiting to be let in, telling what happened, and leaving when told.

import { setTimeout as sleep } from 'node:timers/promises';
import {
  ActionDeniedError,
  type AIMClient,
  AIMError,
  type SecureOptions,
  StaleCredentialsError,
  secure,
} from '../../src/index.ts';

export type Desk = {
  agent: AIMClient;
  workspace: string;
  serviceUrl: string;
  signal: AbortSignal;
  /** Does one thing under verification and tells how it went. Never throws for a denial: an agent goes on with what it may do. */
  act(task: Task): Promise<boolean>;
  /** Rests between tasks; the tests of the demo run it faster. */
  rest(seconds: number): Promise<void>;
};

export type Task = {
  capability: string;
  resource: string;
  context?: Record<string, unknown>;
  /** Asks a person where the agent may not do it by itself. */
  jitAccess?: boolean;
  riskLevel?: 'low' | 'medium' | 'high' | 'critical';
  says: string;
  does: () => unknown;
};

/** Registers as `name`, waits until an operator lets the agent in, and works until the parent lets go. */
export async function runDemoAgent(name: string, options: SecureOptions, work: (desk: Desk) => Promise<void>[]): Promise<void> {
  const leaving = new AbortController();
  process.once('disconnect', () => leave(leaving));
  process.once('SIGTERM', () => leave(leaving));
  try {
    const agent = await join(name, { ...options, signal: leaving.signal });
    const admitted = new Promise<void>((resolve) => {
      process.on('message', () => resolve());
    });
    tell({ kind: 'registered', agentId: agent.agentId });
    await Promise.race([admitted, aborted(leaving.signal)]);
    await Promise.all(work(deskOf(agent, leaving.signal)).map((task) => task.catch(ignoreLeaving(leaving.signal))));
    await agent.close();
  } catch (error) {
    if (!leaving.signal.aborted) {
      process.stderr.write(
        `${error instanceof AIMError ? [error.message, error.next].filter(Boolean).join(' ') : String(error)}\n`,
      );
      process.exitCode = 1;
    }
  }
  if (process.connected) process.disconnect?.();
}

// Whatever still holds the process (a server that does not answer, a child that does not end), a demo must not stay behind.
function leave(leaving: AbortController): void {
  leaving.abort();
  setTimeout(() => process.exit(), 3000).unref();
}

// The control plane's data may have been removed since the last run; the demo's agents are nobody's to keep.
async function join(name: string, options: SecureOptions): Promise<AIMClient> {
  try {
    return await secure(name, options);
  } catch (error) {
    if (error instanceof StaleCredentialsError) return secure(name, { ...options, forceNew: true });
    throw error;
  }
}

function deskOf(agent: AIMClient, signal: AbortSignal): Desk {
  const pace = Number(process.env['AIM_DEMO_PACE'] ?? 1);
  return {
    agent,
    signal,
    workspace: process.env['AIM_DEMO_WORKSPACE'] ?? process.cwd(),
    serviceUrl: process.env['AIM_DEMO_SERVICE'] ?? '',
    act: (task) => act(agent, task, signal),
    rest: (seconds) => sleep(seconds * 1000 * pace, undefined, { signal }),
  };
}

async function act(
  agent: AIMClient,
  { capability, resource, context, jitAccess, riskLevel, says, does }: Task,
  signal: AbortSignal,
): Promise<boolean> {
  if (jitAccess) tell({ kind: 'line', outcome: 'asks', text: `${says} (${capability} on ${resource})` });
  try {
    await agent.performAction(capability, { resource, context, jitAccess, riskLevel, timeoutSeconds: 900, signal }, does);
    tell({ kind: 'line', outcome: 'did', text: says });
    return true;
  } catch (error) {
    if (signal.aborted) throw error;
    const outcome = error instanceof ActionDeniedError ? 'denied' : 'failed';
    tell({ kind: 'line', outcome, text: `${says}: ${error instanceof Error ? error.message : String(error)}` });
    return false;
  }
}

function tell(message: { kind: 'registered'; agentId: string } | { kind: 'line'; outcome: string; text: string }): void {
  if (process.connected) process.send?.(message);
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

const ignoreLeaving = (signal: AbortSignal) => (error: unknown) => {
  if (!signal.aborted) throw error;
};
