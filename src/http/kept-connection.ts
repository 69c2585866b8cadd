// One connection that is kept: a request out, its answer back, nothing else in between. A third of what node:http takes for the same.

import type { Socket } from 'node:net';
import { AnswerReader, type RawAnswer } from './http1-answer.ts';
import type { Attempt } from './transport.ts';

type Exchange = {
  reader: AnswerReader;
  resolve(answer: RawAnswer): void;
  reject(error: unknown): void;
  timer: NodeJS.Timeout;
  signal: AbortSignal | undefined;
};

/** What a pool wants to know. */
export type Keeper = { free(connection: KeptConnection): void; gone(connection: KeptConnection): void };

export class KeptConnection {
  readonly #socket: Socket;
  readonly #where: string;
  readonly #keeper: Keeper;
  #exchange: Exchange | null = null;
  #reusableUntil = Number.POSITIVE_INFINITY;

  constructor(socket: Socket, where: string, keeper: Keeper) {
    this.#socket = socket.setNoDelay(true);
    this.#where = where;
    this.#keeper = keeper;
    socket.on('data', (chunk: Buffer) => this.#received(chunk));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#closed());
  }

  /** False for one that the server has, or is about to have, given up. */
  get isUsable(): boolean {
    return !this.#socket.destroyed && this.#socket.writable && performance.now() < this.#reusableUntil;
  }

  /** Sends one request. Only while no other is under way. */
  send(attempt: Attempt, resolve: (answer: RawAnswer) => void, reject: (error: unknown) => void): void {
    const { method, maxBytes, timeoutMs, signal, body } = attempt;
    const head = headOf(attempt);
    this.#socket.ref();
    // Counts everything from connecting to the last byte, so that a trickle does not last for ever.
    const timer = setTimeout(() => this.#fail(Object.assign(new Error('late'), { code: 'ETIMEDOUT' })), timeoutMs);
    this.#exchange = { reader: new AnswerReader(method, maxBytes, this.#where), resolve, reject, timer, signal };
    signal?.addEventListener('abort', this.#aborted);
    // One write, so one packet: one byte for each character where there are only such, which is nearly always.
    const length = Buffer.byteLength(body);
    const text = method === 'GET' && length === 0 ? `${head}\r\n` : `${head}content-length: ${length}\r\n\r\n${body}`;
    this.#socket.write(text, length === body.length ? 'latin1' : 'utf8');
  }

  destroy(): void {
    this.#socket.destroy();
  }

  readonly #aborted = (): void => this.#fail(this.#exchange?.signal?.reason);

  #received(chunk: Buffer): void {
    // Nobody has asked: whatever it is, the next answer on this connection would be another one's.
    const { reader } = this.#exchange ?? {};
    try {
      if (reader === undefined) this.destroy();
      else if (reader.push(chunk)) this.#finish();
    } catch (error) {
      this.#fail(error);
    }
  }

  #finish(): void {
    const { reader, resolve } = this.#take();
    const answer = reader.answer();
    if (reader.keeps) {
      // A server says how long it keeps a silent connection; one that is used in its last moment is cut off.
      const seconds = /(?:^|[ ,])timeout=(\d{1,6})/.exec(answer.headers['keep-alive'] ?? '')?.[1];
      if (seconds !== undefined) this.#reusableUntil = performance.now() + Math.max(0, Number(seconds) - 1) * 1000;
      this.#socket.unref(); // an agent that has nothing else to do may end
      this.#keeper.free(this);
    } else this.destroy();
    resolve(answer);
  }

  #fail(error: unknown): void {
    const exchange = this.#exchange === null ? null : this.#take();
    this.destroy();
    exchange?.reject(error);
  }

  #closed(): void {
    this.#keeper.gone(this);
    if (this.#exchange === null) return;
    if (this.#exchange.reader.ended()) this.#finish();
    else this.#fail(Object.assign(new Error('cut off'), { code: 'ECONNRESET' }));
  }

  #take(): Exchange {
    const exchange = this.#exchange as Exchange;
    this.#exchange = null;
    clearTimeout(exchange.timer);
    exchange.signal?.removeEventListener('abort', this.#aborted);
    return exchange;
  }
}

function headOf({ method, url, headers }: Attempt): string {
  let head = `${method} ${url.pathname}${url.search} HTTP/1.1\r\nhost: ${url.host}\r\nconnection: keep-alive\r\n`;
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
