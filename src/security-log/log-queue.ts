// Between the host and its log: takes a line in a microsecond, hands on what a turn of the event loop brought, counts what must be dropped.

import type { SecurityEvent } from './event.ts';
import { type Durability, type Handed, type LineWriter, sizeOfHanded, type WriterOptions } from './writer/line-writer.ts';
import { openWriter } from './writer/threaded-writer.ts';

export type LogQueueOptions = WriterOptions & {
  /** A signed line that vouches for all before it, after so many lines. */
  checkpoint: { everyLines: number; event(): SecurityEvent } | null;
  /** What to log about lines that were dropped, once there is room again. */
  aboutDropped(count: number, reason: string): string;
};

export type WriterState = {
  written: number;
  dropped: number;
  queued: number;
  /** Why the last attempt failed; null when it did not. */
  failing: string | null;
};

export class LogQueue {
  readonly #options: LogQueueOptions;
  readonly #writer: LineWriter;
  readonly #durability: Durability;
  #lines: Handed[] = [];
  #bytes = 0;
  #turn: NodeJS.Immediate | null = null;
  #dropped = 0;
  #unreported = 0;
  #reporting: NodeJS.Timeout | null = null;
  #sinceCheckpoint = 0;

  constructor({ checkpoint, aboutDropped, ...options }: LogQueueOptions) {
    this.#options = { checkpoint, aboutDropped, ...options };
    this.#writer = openWriter(options);
    this.#durability = options.durability;
    flushedAtExit(this.#flushAtExit);
  }

  get state(): WriterState {
    const { written, failing, waiting } = this.#writer;
    return { written, dropped: this.#dropped, queued: this.#lines.length + waiting.lines, failing };
  }

  /** Takes a line without its closing brace. Never throws. */
  add(body: string): void {
    if (!this.#hasRoomFor(body.length)) {
      this.#dropped += 1;
      this.#unreported += 1;
      this.#reporting ??= setInterval(this.#reportDropped, REPORT).unref();
      return;
    }
    this.#push(body);
    this.#sinceCheckpoint += 1;
    const { checkpoint } = this.#options;
    if (checkpoint && this.#sinceCheckpoint >= checkpoint.everyLines) this.#addCheckpoint();
    if (this.#durability !== 'queued') {
      this.#hand();
      this.#writer.flushSync(PATIENCE);
    } else this.#turn ??= setImmediate(this.#hand);
  }

  async flush(): Promise<void> {
    this.#hand();
    await this.#writer.flush(PATIENCE);
  }

  async close(): Promise<void> {
    if (this.#sinceCheckpoint > 0) this.#addCheckpoint();
    await this.flush();
    if (this.#reporting) clearInterval(this.#reporting);
    if (this.#writer.waiting.lines > 0) return; // a disk that comes back gets what still waits
    atExit.delete(this.#flushAtExit);
    await this.#writer.close();
  }

  readonly #flushAtExit = (): void => {
    if (this.#unreported > 0) this.#push(this.#options.aboutDropped(this.#unreported, this.#reason()));
    if (this.#sinceCheckpoint > 0) this.#addCheckpoint();
    this.#hand();
    this.#writer.flushSync(PATIENCE, { isLast: true });
  };

  readonly #hand = (): void => {
    if (this.#turn) clearImmediate(this.#turn);
    this.#turn = null;
    const lines = this.#lines;
    this.#lines = [];
    this.#bytes = 0;
    if (lines.length > 0) this.#writer.take(lines);
  };

  #push(line: Handed): void {
    this.#lines.push(line);
    this.#bytes += sizeOfHanded(line);
  }

  /** For a host that logs in a loop: it hands on without yielding, and gives a disk that works a moment before anything is dropped. */
  #hasRoomFor(bytes: number): boolean {
    if (this.#bytes + bytes > MOST_HANDED) this.#hand();
    if (this.#writer.waiting.bytes < MUCH) return true;
    this.#writer.ease();
    return this.#bytes + this.#writer.waiting.bytes + bytes <= MOST;
  }

  #addCheckpoint(): void {
    const { checkpoint, chain } = this.#options;
    if (!checkpoint || !chain) return;
    this.#push({ checkpoint: checkpoint.event() });
    this.#sinceCheckpoint = 0;
  }

  readonly #reportDropped = (): void => {
    if (this.#writer.waiting.bytes > MOST / 2) return;
    if (this.#reporting) clearInterval(this.#reporting);
    this.#reporting = null;
    const count = this.#unreported;
    this.#unreported = 0;
    this.add(this.#options.aboutDropped(count, this.#reason()));
  };

  #reason(): string {
    return this.#writer.failing ?? 'the queue was full';
  }
}

/** One listener for all logs: hosts count theirs. */
function flushedAtExit(flush: () => void): void {
  if (!isListening) {
    process.on('exit', () => {
      for (const each of atExit) each();
    });
  }
  isListening = true;
  atExit.add(flush);
}

const atExit = new Set<() => void>();
let isListening = false;

const MOST_HANDED = 256 * 1024;
const MUCH = 8 * 1024 * 1024;
const MOST = 32 * 1024 * 1024;
const PATIENCE = 2000; // milliseconds
const REPORT = 250;
