// One connection that is kept: a request out, or several, and the answers back in their order. A third of what node:http takes for the same.

import type { OnReadOpts, Socket } from 'node:net';
import { AnswerReader, type RawAnswer } from './http1-answer.ts';
import type { Attempt } from './transport.ts';

/** A request, and where its answer goes. The bytes of an answer are read at once or copied: the next ones come into the same place. */
export type Exchange = { readonly attempt: Attempt; resolve(answer: RawAnswer): void; reject(error: unknown): void };

type Open = { readonly exchange: Exchange; readonly reader: AnswerReader };

/** Opens a socket that reads into the memory that it is given. */
export type Connect = (onread: OnReadOpts) => Socket;

/** What a pool wants to know. */
export type Keeper = { free(connection: KeptConnection): void; gone(connection: KeptConnection): void };

export class KeptConnection {
  readonly #socket: Socket;
  readonly #where: string;
  readonly #keeper: Keeper;
  readonly #open: Open[] = [];
  #isOver = false;
  #said = '';
  #keptMs = Number.POSITIVE_INFINITY;
  #reusableUntil = Number.POSITIVE_INFINITY;
  #deadline = 0;
  #timer: NodeJS.Timeout | null = null;
  #firesAt = Number.POSITIVE_INFINITY;

  constructor(connect: Connect, where: string, keeper: Keeper) {
    const onread = { buffer: arriving, callback: (length: number) => this.#received(arriving.subarray(0, length)) };
    this.#socket = connect(onread).setNoDelay(true);
    this.#where = where;
    this.#keeper = keeper;
    this.#socket.on('end', () => {
      this.#isOver = true;
    });
    this.#socket.on('error', (error) => this.#fail(error));
    this.#socket.on('close', () => this.#closed());
  }

  /** False for one that the server has, or is about to have, given up. */
  get isUsable(): boolean {
    return !this.#isOver && performance.now() < this.#reusableUntil;
  }

  /**
   * Sends one request, or several before the first answer (RFC 9112 §9.3.2). Only while nothing else is under way; several only where
   * each may be repeated, since what is unanswered when the connection ends may have been done.
   */
  send(exchanges: readonly Exchange[]): void {
    let text = '';
    let isLatin = true;
    let timeoutMs = 0;
    for (const { attempt } of exchanges) {
      const { method, body } = attempt;
      const length = Buffer.byteLength(body);
      isLatin &&= length === body.length;
      timeoutMs = Math.max(timeoutMs, attempt.timeoutMs);
      text += headOf(attempt);
      text += method === 'GET' && length === 0 ? '\r\n' : `content-length: ${length}\r\n\r\n${body}`;
    }
    this.#socket.ref();
    for (const exchange of exchanges) {
      const { method, maxBytes, signal } = exchange.attempt;
      this.#open.push({ exchange, reader: new AnswerReader(method, maxBytes, this.#where) });
      signal?.addEventListener('abort', this.#aborted);
    }
    this.#expectWithin(timeoutMs);
    // One write, so one packet: one byte for each character where there are only such, which is nearly always.
    this.#socket.write(text, isLatin ? 'latin1' : 'utf8');
  }

  destroy(): void {
    this.#isOver = true;
    this.#socket.destroy();
  }

  // Counts everything from connecting to the last byte, so that a trickle does not last for ever. The timer is left to run from one
  // request to the next, and looks at the clock when it fires: arming one for each costs as much as reading an answer.
  #expectWithin(timeoutMs: number): void {
    const now = performance.now();
    this.#deadline = now + timeoutMs;
    if (this.#firesAt <= this.#deadline) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#firesAt = this.#deadline;
    this.#timer = setTimeout(() => this.#look(), timeoutMs).unref();
  }

  #look(): void {
    this.#timer = null;
    this.#firesAt = Number.POSITIVE_INFINITY;
    if (this.#open.length === 0) return;
    const left = this.#deadline - performance.now();
    if (left > 1) this.#expectWithin(left);
    else this.#fail(Object.assign(new Error('late'), { code: 'ETIMEDOUT' }));
  }

  readonly #aborted = (): void => this.#fail(this.#open[0]?.exchange.attempt.signal?.reason);

  /** True: read on. */
  #received(chunk: Buffer): true {
    let bytes: Buffer | null = chunk;
    try {
      while (bytes !== null) {
        const reader: AnswerReader | undefined = this.#open[0]?.reader;
        // Nobody has asked: whatever it is, the next answer on this connection would be another one's.
        if (reader === undefined) this.destroy();
        if (!reader?.push(bytes)) return true;
        bytes = reader.keeps ? reader.beyond : null;
        this.#finish();
      }
    } catch (error) {
      this.#fail(error);
    }
    return true;
  }

  #finish(): void {
    const { reader, exchange } = this.#open.shift() as Open;
    exchange.attempt.signal?.removeEventListener('abort', this.#aborted);
    const answer = reader.answer();
    if (!reader.keeps) this.destroy();
    else if (this.#open.length === 0) {
      const kept = answer.headers['keep-alive'];
      if (kept !== undefined) this.#keptFor(kept);
      if (reader.beyond === null) {
        this.#socket.unref(); // an agent that has nothing else to do may end
        this.#keeper.free(this);
      } else this.destroy();
    }
    exchange.resolve(answer);
  }

  // A server says how long it keeps a silent connection; one that is used in its last moment is cut off.
  #keptFor(said: string): void {
    if (said !== this.#said) {
      const seconds = /(?:^|[ ,])timeout=(\d{1,6})/.exec(said)?.[1];
      this.#said = said;
      this.#keptMs = seconds === undefined ? Number.POSITIVE_INFINITY : Math.max(0, Number(seconds) - 1) * 1000;
    }
    this.#reusableUntil = performance.now() + this.#keptMs;
  }

  #fail(error: unknown): void {
    const failed = this.#open.splice(0);
    this.destroy();
    for (const { exchange } of failed) {
      exchange.attempt.signal?.removeEventListener('abort', this.#aborted);
      exchange.reject(error);
    }
  }

  #closed(): void {
    this.#isOver = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#keeper.gone(this);
    if (this.#open[0]?.reader.ended()) this.#finish();
    if (this.#open.length > 0) this.#fail(Object.assign(new Error('cut off'), { code: 'ECONNRESET' }));
  }
}

// Where the bytes of every connection arrive, one after the other: memory of its own for each read costs as much as reading the answer.
const arriving = Buffer.allocUnsafeSlow(64 * 1024);

// Each request of an agent begins with the same line and has the same few header names: put together and looked through once.
let latest: { method: string; url: URL; start: string } = { method: '', url: new URL('http://0'), start: '' };

function startOf(method: string, url: URL): string {
  if (latest.url !== url || latest.method !== method) {
    const start = `${method} ${url.pathname}${url.search} HTTP/1.1\r\nhost: ${url.host}\r\nconnection: keep-alive\r\n`;
    latest = { method, url, start };
  }
  return latest.start;
}

function headOf({ method, url, headers }: Attempt): string {
  let head = startOf(method, url);
  for (const name in headers) {
    const value = headers[name] ?? '';
    // A line break in a value would be a header of somebody else's making.
    if (/[^\t\x20-\x7e]/.test(value) || /[^!#$%&'*+.^_`|~0-9A-Za-z-]/.test(name))
      throw Object.assign(new TypeError(`The header ${JSON.stringify(name)} holds a character that no header may.`), {
        code: 'ERR_INVALID_CHAR',
      });
    head += `${name}: ${value}\r\n`;
  }
  return head;
}
