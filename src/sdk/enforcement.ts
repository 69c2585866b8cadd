// What happens when AIM cannot be asked: nothing runs, unless monitoring was chosen here and the server does not say strict.

import type { EnforcementMode } from '../wire/verification.ts';

/**
 * `strict`: no decision, no action. `monitoring`: a missing decision is logged and the action runs; a denial never runs, and neither
 * does what is a person's to decide (`jitAccess`, `requiresApproval`, `requireReceipts`).
 */
export type EnforcementChoice = 'strict' | 'monitoring';
export type ModeSource = 'response' | 'cache' | 'unavailable';
export type KnownMode = { mode: EnforcementMode; source: ModeSource };

const KEPT_MS = 300_000;

export type Enforcement = {
  /** What the server said with this answer, else what it said within the last five minutes. */
  resolve(answered?: EnforcementMode): KnownMode;
  /** Whether an action may run although no decision could be had. */
  mayRunUndecided(): boolean;
};

/** `AIM_STRICT_MODE` set to true, 1, yes or on only tightens (wire-auth §3.5). */
export function createEnforcement(
  chosen: EnforcementChoice,
  env: Readonly<Record<string, string | undefined>> = process.env,
  now: () => number = Date.now,
): Enforcement {
  const isTightened = /^(true|1|yes|on)$/i.test(env['AIM_STRICT_MODE'] ?? '');
  let known: { mode: EnforcementMode; at: number } | null = null;
  const resolve = (answered: EnforcementMode = 'unknown'): KnownMode => {
    if (answered !== 'unknown') {
      known = { mode: answered, at: now() };
      return { mode: answered, source: 'response' };
    }
    if (known !== null && now() - known.at < KEPT_MS) return { mode: known.mode, source: 'cache' };
    return { mode: 'unknown', source: 'unavailable' };
  };
  return { resolve, mayRunUndecided: () => chosen === 'monitoring' && !isTightened && resolve().mode !== 'strict' };
}
