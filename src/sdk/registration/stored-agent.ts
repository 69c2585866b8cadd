// An agent whose key this machine has: used again, unless the server says that it is gone.

import { z } from 'zod';
import type { AgentCredentials } from '../../credentials/agent-credentials.ts';
import { AIMError, ConfigurationError, ExitCode, StaleCredentialsError } from '../../errors.ts';
import type { Caller } from '../../http/caller.ts';
import { oneLine } from '../../http/server-words.ts';
import { version } from '../../version.ts';
import { trustScore } from '../../wire/agent.ts';
import { wireObject } from '../../wire/casing.ts';

const known = wireObject({ id: z.string(), status: z.string().nullish(), trustScore });
const PATIENCE = 5_000;

/** The stored agent with its present status. Where the server does not say, as it is stored. @throws StaleCredentialsError */
export async function confirmStored(
  stored: AgentCredentials,
  caller: Caller,
  signal: AbortSignal | undefined,
): Promise<AgentCredentials> {
  try {
    const path = `/api/v1/agents/${encodeURIComponent(stored.agentId)}`;
    const agent = await caller.ask({
      path,
      schema: known,
      subject: 'agents',
      timeoutMs: PATIENCE,
      signal,
      headers: { 'x-sdk-version': version },
    });
    return { ...stored, status: agent.status ?? stored.status, trustScore: agent.trustScore ?? stored.trustScore };
  } catch (error) {
    if (!(error instanceof AIMError)) throw error;
    if (error.exitCode === ExitCode.NotFound) throw stale(stored, error);
    // Refused, or out of reach: the key may still be good. Each action is verified, and without a decision none runs.
    return stored;
  }
}

function stale({ name, aimUrl, agentId }: AgentCredentials, cause: unknown): StaleCredentialsError {
  return new StaleCredentialsError('agent.stale-credentials', {
    message: `The agent "${oneLine(name, 80)}" (${agentId}) is stored on this machine, but ${aimUrl} does not have it any more.`,
    next: 'To register it anew, with a new key and without what operators had set: forceNew: true',
    cause,
  });
}

/** @throws ConfigurationError where the stored agent belongs to another server than the one that was asked for. */
export function sameServer(stored: AgentCredentials, server: string | undefined): void {
  if (server === undefined || stored.aimUrl === server) return;
  throw new ConfigurationError('agent.other-server', {
    message: `The agent "${oneLine(stored.name, 80)}" on this machine belongs to ${stored.aimUrl}, not to ${server}.`,
    next: 'Use another name for it there, or replace it: forceNew: true',
    field: 'aimUrl',
  });
}
