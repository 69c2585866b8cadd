// The embedded control plane for one program: found or started, signed in to, and held for as long as it is used.

import { AIMError } from '../../src/errors.ts';
import type { Settings } from '../../src/settings/settings.ts';
import { holdOpen } from './hold.ts';
import { type LocalOperator, signInAsLocalOperator } from './local-operator.ts';
import { ensureRunning } from './start.ts';

export type Embedded = {
  readonly url: string;
  readonly operator: LocalOperator;
  /** Resolves when it is gone although nobody here let go. */
  readonly lost: Promise<void>;
  /** Lets go. It stops when the last one does. */
  release(): void;
};

export type EmbeddedOptions = { settings: Settings; env: NodeJS.ProcessEnv; signal: AbortSignal };

/** @throws AIMError in one sentence where it cannot be started or does not let us in. */
export async function openEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  // Between finding it and holding it, it may end: its last user has left. Then a new one is started.
  for (let attempt = 1; ; attempt++) {
    try {
      return await openOnce(options);
    } catch (error) {
      if (attempt === ATTEMPTS || !isGone(error)) throw error;
    }
  }
}

const ATTEMPTS = 3;

async function openOnce({ settings, env, signal }: EmbeddedOptions): Promise<Embedded> {
  const { url } = await ensureRunning(settings, env, signal);
  const operator = await signInAsLocalOperator(url, settings.paths, signal);
  const headers = await operator.credentials.headersFor({ method: 'GET', target: '/api/v1/embedded/hold', body: '' });
  const { lost, release } = await holdOpen(url, headers);
  return { url, operator, lost, release };
}

function isGone(error: unknown): boolean {
  if (error instanceof AIMError) return ['remote.refused', 'remote.cut-off', 'embedded.gone'].includes(error.code);
  return false;
}
