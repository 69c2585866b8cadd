// A log as the host writes it: lines go to the thread that has the file, and stay here until it counts them as written.

import { FileWriter } from './file-writer.ts';
import type { Handed, LineWriter, WriterOptions } from './line-writer.ts';
import { sizeOfHanded } from './line-writer.ts';
import { type FromThread, type LogThread, logThread, Place, type ToThread } from './log-thread.ts';

/** In a thread where there can be one, otherwise in the host's. */
export function openWriter(options: WriterOptions): LineWriter {
  return new ThreadedWriter(options);
}

type Piece = { content: string | Exclude<Handed, string>; lines: number; bytes: number };
type Flush = NonNullable<Extract<ToThread, { kind: 'take' }>['flush']>;

class ThreadedWriter implements LineWriter {
  readonly #options: WriterOptions;
  readonly #shared = new Int32Array(new SharedArrayBuffer(12));
  #thread: { thread: LogThread; id: number } | null = null;
  /** What writes where no thread does (any more). */
  #direct: FileWriter | null = null;
  #pieces: Piece[] = [];
  #firstLine = 0; // the number of the first line in `#pieces`, counted from 0
  #written = 0;
  #lines = 0;
  #bytes = 0;
  #failing: string | null = null;
  #progressedAt = performance.now();
  #flushes = 0;
  #waiters: { number: number; done(): void }[] = [];
  /** The flush that was not done in time: until it is, nobody waits for another. */
  #stuckAt = 0;
  #easedInVain = -1;

  constructor(options: WriterOptions) {
    this.#options = options;
    // A call that waits for its line should not wait for a thread to start as well.
    if (options.durability !== 'queued') this.#start();
  }

  get written(): number {
    this.#look();
    return this.#direct ? this.#written + this.#direct.written : this.#written;
  }

  get waiting(): { lines: number; bytes: number } {
    this.#look();
    return this.#direct?.waiting ?? { lines: this.#lines, bytes: this.#bytes };
  }

  get failing(): string | null {
    if (this.#direct) return this.#direct.failing;
    this.#look();
    if (this.#isStuck())
      return `The disk has not answered for ${Math.round((performance.now() - this.#progressedAt) / 1000)} s.`;
    return this.#failing;
  }

  take(lines: readonly Handed[]): void {
    this.#take(lines, undefined);
  }

  async flush(patience: number): Promise<void> {
    if (this.#direct) return this.#direct.flush(patience);
    if (!this.#thread) return;
    this.#flushes += 1;
    const number = this.#flushes;
    const hasBegun = () => this.#thread?.thread.hasBegun !== false;
    await new Promise<void>((resolve) => {
      // It also keeps the process alive, which the thread does not.
      const begun = performance.now();
      let timer = setTimeout(late, patience);
      function late() {
        if (performance.now() - begun > START || hasBegun()) resolve();
        else timer = setTimeout(late, patience);
      }
      const done = () => {
        clearTimeout(timer);
        resolve();
      };
      this.#waiters.push({ number, done });
      this.#take([], { number, patience, how: 'async' });
    });
    // The thread has ended meanwhile.
    await (this.#direct as FileWriter | null)?.flush(patience);
  }

  flushSync(patience: number, { isLast } = { isLast: false }): void {
    // At the end of a process whose thread has not begun, starting it would take longer than writing.
    if (isLast && this.#thread?.thread.recall()) this.#revert();
    if (this.#direct) this.#direct.flushSync(patience, { isLast });
    else if (this.#thread && this.#stuckAt <= this.#flushed) this.#wait(this.#thread.thread, patience, isLast);
  }

  ease(): void {
    if (this.#direct || !this.#thread) return;
    const version = Atomics.load(this.#shared, Place.version);
    if (version === this.#easedInVain) return;
    if (Atomics.wait(this.#shared, Place.version, version, EASE) === 'timed-out') this.#easedInVain = version;
  }

  async close(): Promise<void> {
    if (this.#direct) return this.#direct.close();
    if (!this.#thread || this.waiting.lines > 0) return; // what waits still may be written
    this.#thread.thread.post({ kind: 'close', id: this.#thread.id });
    this.#thread.thread.forget(this.#thread.id);
    running.delete(this);
    this.#thread = null;
  }

  #wait(thread: LogThread, patience: number, isLast: boolean): void {
    this.#flushes += 1;
    const number = this.#flushes;
    this.#take([], { number, patience, how: isLast ? 'last' : 'sync' });
    const begun = performance.now();
    for (;;) {
      const version = Atomics.load(this.#shared, Place.version);
      if (this.#flushed >= number) return;
      // The thread itself waits for a lock as long as that.
      const most = thread.hasBegun ? patience + (isLast ? 500 : 0) : START_WAITED;
      const left = begun + most - performance.now();
      if (left <= 0) {
        // Why it does not begin would be heard in a turn of the event loop, which a host that never yields has none of.
        if (!thread.recall()) break;
        (this.#direct as FileWriter | null)?.flushSync(patience, { isLast });
        return;
      }
      Atomics.wait(this.#shared, Place.version, version, Math.min(left, patience));
    }
    this.#stuckAt = number;
  }

  get #flushed(): number {
    return Atomics.load(this.#shared, Place.flushed);
  }

  #take(lines: readonly Handed[], flush: Flush | undefined): void {
    if (!this.#thread && !this.#direct) this.#start();
    if (this.#direct) {
      this.#direct.take(lines);
      return;
    }
    const pieces = piecesOf(lines);
    if (this.#lines === 0) this.#progressedAt = performance.now();
    for (const piece of pieces) {
      this.#pieces.push(piece);
      this.#lines += piece.lines;
      this.#bytes += piece.bytes;
    }
    const { thread, id } = this.#thread as { thread: LogThread; id: number };
    thread.post({ kind: 'take', id, pieces: pieces.map(({ content }) => content), ...(flush && { flush }) });
  }

  #start(): void {
    const isStuck = (thread: LogThread) => [...running].some((one) => one.#thread?.thread === thread && one.#isStuck());
    const thread = logThread(isStuck);
    if (thread === null) {
      this.#revert();
      return;
    }
    running.add(this);
    const listener = { heard: (said: FromThread) => this.#heard(said), ended: () => this.#revert() };
    this.#thread = { thread, id: thread.open(this.#options, this.#shared, listener) };
  }

  #heard({ failing, flushed }: FromThread): void {
    this.#failing = failing;
    if (flushed === 0) return;
    this.#look();
    for (const { number, done } of this.#waiters) if (number <= flushed) done();
    this.#waiters = this.#waiters.filter(({ number }) => number > flushed);
  }

  /** What the thread has counted since the last look is let go. */
  #look(): void {
    const more = (Atomics.load(this.#shared, Place.written) - (this.#written | 0)) | 0;
    if (this.#direct || more <= 0) return;
    this.#written += more;
    this.#lines -= more;
    this.#progressedAt = performance.now();
    let gone = 0;
    for (const { lines, bytes } of this.#pieces) {
      if (this.#firstLine + lines > this.#written) break;
      this.#firstLine += lines;
      this.#bytes -= bytes;
      gone += 1;
    }
    if (gone > 0) this.#pieces = this.#pieces.slice(gone);
  }

  #isStuck(): boolean {
    this.#look();
    return this.#lines > 0 && this.#failing === null && performance.now() - this.#progressedAt > STUCK;
  }

  /** The host goes on by itself, with what the thread has not written. */
  #revert(): void {
    if (this.#direct) return;
    this.#look();
    running.delete(this);
    this.#thread = null;
    this.#direct = new FileWriter({ ...this.#options, sparesHost: true });
    const left = this.#pieces.flatMap(({ content }): Handed[] =>
      typeof content === 'string' ? content.split('\n') : [content],
    );
    this.#pieces = [];
    this.#direct.take(left.slice(this.#written - this.#firstLine));
    for (const { done } of this.#waiters.splice(0)) done();
  }
}

const running = new Set<ThreadedWriter>();

/** Lines that follow each other travel as one text. */
function piecesOf(lines: readonly Handed[]): Piece[] {
  const pieces: Piece[] = [];
  let texts: string[] = [];
  const close = () => {
    if (texts.length === 0) return;
    const content = texts.join('\n');
    pieces.push({ content, lines: texts.length, bytes: content.length });
    texts = [];
  };
  for (const line of lines) {
    if (typeof line === 'string') {
      texts.push(line);
      continue;
    }
    close();
    pieces.push({ content: line, lines: 1, bytes: sizeOfHanded(line) });
  }
  close();
  return pieces;
}

const EASE = 20; // milliseconds
const START = 20_000; // a machine with far too much to do
const START_WAITED = 5000; // the same for a host that does nothing else meanwhile
const STUCK = 3000; // milliseconds; longer than a stopped writer is waited for
