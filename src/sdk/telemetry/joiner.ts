// Joins what arrives about one action from several places, by its id, for a few seconds; then writes down what there is.

import { writeCorrelatedRecord } from './correlated-log.ts';
import {
  buildCorrelatedRecord,
  type CorrelatedRecord,
  type DetectionInput,
  type EnforcementInput,
  type IntentInput,
} from './correlated-record.ts';

/** How long parts wait for each other (milliseconds), and where records go. */
export type JoinerOptions = {
  /** How long an action waits for its inferences. Default 5,000 ms. */
  windowMs?: number | undefined;
  /** Where records go. Default: the log on this machine. */
  onRecord?: ((record: CorrelatedRecord) => void) | undefined;
  /** Default `~/.opena2a`. */
  folder?: string | undefined;
  now?: (() => number) | undefined;
};

type Parts = {
  agentId?: string;
  enforcement?: EnforcementInput;
  intent?: IntentInput;
  detection?: DetectionInput;
  firstSeen: number;
};

const MOST_OPEN = 10_000; // the oldest makes room: telemetry must not grow without end
const MOST_UNWRITTEN = 1_000;

/** Takes parts in any order. A record without an observed decision is none, and is dropped. */
export class CorrelationJoiner {
  /** Part sets that never got a decision, that made room, and records that the disk was too slow for. */
  readonly dropped = { orphans: 0, overflow: 0, writes: 0 };
  readonly #open = new Map<string, Parts>();
  readonly #windowMs: number;
  readonly #now: () => number;
  readonly #emit: (record: CorrelatedRecord) => void;
  #writing: Promise<unknown> = Promise.resolve();
  #unwritten = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor({ windowMs = 5_000, now = Date.now, folder, onRecord }: JoinerOptions = {}) {
    this.#windowMs = windowMs;
    this.#now = now;
    this.#emit = onRecord ?? ((record) => this.#write(record, folder));
  }

  get pending(): number {
    return this.#open.size;
  }

  ingestEnforcement(correlationId: string, agentId: string, enforcement: EnforcementInput): void {
    this.#take(correlationId, { agentId, enforcement });
  }
  ingestIntent(correlationId: string, intent: IntentInput): void {
    this.#take(correlationId, { intent });
  }
  ingestDetection(correlationId: string, detection: DetectionInput): void {
    this.#take(correlationId, { detection });
  }

  /** Writes down what has waited long enough. */
  flushExpired(now: number = this.#now()): void {
    for (const [id, parts] of this.#open) if (now - parts.firstSeen >= this.#windowMs) this.#end(id, parts, 'fallback:window');
    this.#watch();
  }

  /** Writes down everything there is. */
  async close(): Promise<void> {
    this.flushExpired(Number.POSITIVE_INFINITY);
    clearTimeout(this.#timer);
    await this.#writing;
  }

  #take(id: string, part: Partial<Parts>): void {
    const known = this.#open.get(id);
    if (known === undefined && this.#open.size >= MOST_OPEN) {
      this.#open.delete(this.#open.keys().next().value ?? '');
      this.dropped.overflow += 1;
    }
    const parts = { firstSeen: this.#now(), ...known, ...part };
    this.#open.set(id, parts);
    if (parts.enforcement && parts.intent && parts.detection) this.#end(id, parts, 'correlationId');
    this.#watch();
  }

  #end(id: string, { agentId = '', enforcement, intent, detection }: Parts, joinedBy: string): void {
    this.#open.delete(id);
    if (enforcement === undefined) this.dropped.orphans += 1;
    else this.#emit(buildCorrelatedRecord({ correlationId: id, agentId, enforcement, intent, detection, joinedBy }));
  }

  #watch(): void {
    clearTimeout(this.#timer);
    if (this.#open.size === 0) return;
    this.#timer = setTimeout(() => this.flushExpired(), this.#windowMs).unref();
  }

  #write(record: CorrelatedRecord, folder: string | undefined): void {
    if (this.#unwritten >= MOST_UNWRITTEN) {
      this.dropped.writes += 1;
      return;
    }
    this.#unwritten += 1;
    this.#writing = this.#writing.then(async () => {
      await writeCorrelatedRecord(record, folder);
      this.#unwritten -= 1;
    });
  }
}
