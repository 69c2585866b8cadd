// What an agent's own decisions contribute to telemetry: nothing unless it was asked for, and never in the way of a decision.

import { ActionDeniedError, AIMError } from '../../errors.ts';
import type { DetectionInput, IntentInput } from './correlated-record.ts';
import { correlationHeaders, mintCorrelationId } from './correlation.ts';
import type { CorrelationJoiner, JoinerOptions } from './joiner.ts';

/** Where an agent’s records go. */
export type TelemetryOptions = Pick<JoinerOptions, 'folder' | 'onRecord' | 'windowMs'> & {
  /** One that is shared with others, which stays theirs to close. */
  joiner?: CorrelationJoiner | undefined;
};
/** What the caller knows of why: joined to the decision by the same id. */
export type TelemetrySeam = { intent?: IntentInput | undefined; detection?: DetectionInput | undefined };

type Observed = { capability: string; resource: string | null; seam: TelemetrySeam | undefined };

export type Recorder = {
  /** An id for one action, and the header that carries it. */
  begin(): { id: string; headers: Record<string, string> };
  decided(id: string, observed: Observed, error?: unknown): void;
  close(): Promise<void>;
};

export function createRecorder(agentId: string, { joiner, ...options }: TelemetryOptions): Recorder {
  let own: Promise<CorrelationJoiner> | undefined;
  const open = (): Promise<CorrelationJoiner> => {
    own ??= joiner ? Promise.resolve(joiner) : import('./joiner.ts').then((module) => new module.CorrelationJoiner(options));
    return own;
  };
  const record = async (id: string, { capability, resource, seam }: Observed, error: unknown): Promise<void> => {
    const into = await open();
    const isDenied = error instanceof ActionDeniedError;
    into.ingestEnforcement(id, agentId, {
      decision: error === undefined ? 'allow' : 'deny',
      outcome: error === undefined ? 'ALLOW' : isDenied ? 'DENY' : 'ERROR',
      capability,
      resource: resource ?? '',
      source: 'aim-sdk-typescript',
      ...(error instanceof AIMError && { deniedReason: (isDenied ? error.reason : undefined) ?? error.code }),
    });
    if (seam?.intent) into.ingestIntent(id, seam.intent);
    if (seam?.detection) into.ingestDetection(id, seam.detection);
  };
  const running = new Set<Promise<void>>();
  return {
    begin() {
      const id = mintCorrelationId();
      return { id, headers: correlationHeaders(id) };
    },
    decided(id, observed, error) {
      const work = record(id, observed, error).catch(() => {}); // a sink of the caller's that throws changes no decision
      running.add(work);
      void work.then(() => running.delete(work));
    },
    async close() {
      await Promise.all(running);
      if (joiner === undefined) await (await own)?.close();
    },
  };
}
