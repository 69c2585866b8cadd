// The logger of one request: made only when something is written, because most requests write nothing and making one costs as much as
// reading the request.

import type { FastifyBaseLogger } from 'fastify';

type Bindings = Parameters<FastifyBaseLogger['child']>[0];
type Options = Parameters<FastifyBaseLogger['child']>[1];
type Level = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';

/** What `logger.child` gives, later. */
export function requestLogger(logger: FastifyBaseLogger, bindings: Bindings, options: Options): FastifyBaseLogger {
  return new RequestLogger(logger, bindings, options) as unknown as FastifyBaseLogger;
}

class RequestLogger {
  readonly #all: FastifyBaseLogger;
  readonly #bindings: Bindings;
  readonly #options: Options;
  #own: FastifyBaseLogger | undefined;

  constructor(all: FastifyBaseLogger, bindings: Bindings, options: Options) {
    this.#all = all;
    this.#bindings = bindings;
    this.#options = options;
  }

  get level(): string {
    return this.#all.level;
  }

  fatal(...line: unknown[]): void {
    this.#write('fatal', line);
  }
  error(...line: unknown[]): void {
    this.#write('error', line);
  }
  warn(...line: unknown[]): void {
    this.#write('warn', line);
  }
  info(...line: unknown[]): void {
    this.#write('info', line);
  }
  debug(...line: unknown[]): void {
    this.#write('debug', line);
  }
  trace(...line: unknown[]): void {
    this.#write('trace', line);
  }
  silent(): void {}

  child(bindings: Bindings, options?: Options): FastifyBaseLogger {
    return this.#mine().child(bindings, options);
  }

  #write(level: Level, line: unknown[]): void {
    // pino has one function that does nothing for every level that is off.
    if (this.#all[level] === this.#all.silent) return;
    Reflect.apply(this.#mine()[level], this.#own, line);
  }

  #mine(): FastifyBaseLogger {
    this.#own ??= this.#all.child(this.#bindings, this.#options);
    return this.#own;
  }
}
