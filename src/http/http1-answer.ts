// One HTTP/1.1 answer, read as its bytes come (RFC 9112). Strict: what could be read in two ways is no answer.

import { RemoteError } from '../errors.ts';

export type RawAnswer = { status: number; headers: Record<string, string>; bytes: Buffer };

/** What was sent breaks the protocol; `code` as Node's own parser has it, so that both are told in the same words. */
export class NotHttp extends Error {
  readonly code = 'HPE_INVALID';
}

const LARGEST_HEAD = 64 * 1024;
const HEAD_END = Buffer.from('\r\n\r\n');

type Body =
  | { kind: 'length'; left: number }
  | { kind: 'chunked'; left: number; state: 'size' | 'bytes' | 'line' | 'trailer' }
  | { kind: 'until-close' };

export class AnswerReader {
  /** Whether the connection may carry another answer after this one. */
  keeps = false;
  /** What came after its end: of the answer to the next question, where there is one. */
  beyond: Buffer | null = null;
  status = 0;
  headers: Record<string, string> = {};
  #rest: Buffer | null = null;
  #body: Body | null = null;
  #parts: Buffer[] = [];
  #size = 0;
  readonly #isHead: boolean;
  readonly #maxBytes: number;
  readonly #where: string;

  constructor(method: string, maxBytes: number, where: string) {
    this.#isHead = method === 'HEAD';
    this.#maxBytes = maxBytes;
    this.#where = where;
  }

  /** True when the answer is whole; `beyond` has what was left over. @throws NotHttp */
  push(chunk: Buffer): boolean {
    let bytes = this.#rest === null ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = null;
    while (this.#body === null) {
      const end = bytes.indexOf(HEAD_END);
      if (end < 0) {
        if (bytes.length > LARGEST_HEAD) throw new NotHttp('The head is too long.');
        this.#rest = bytes;
        return false;
      }
      const head = bytes.toString('latin1', 0, end);
      bytes = bytes.subarray(end + 4);
      const isFinal = this.#readHead(head);
      if (isFinal) return this.#end(bytes);
    }
    return this.#readBody(bytes);
  }

  /** The connection has ended. True where that is how the answer ends. */
  ended(): boolean {
    return this.#body?.kind === 'until-close';
  }

  answer(): RawAnswer {
    const bytes = this.#parts.length === 1 ? (this.#parts[0] as Buffer) : Buffer.concat(this.#parts, this.#size);
    return { status: this.status, headers: this.headers, bytes };
  }

  /** True where nothing follows the head. */
  #readHead(head: string): boolean {
    const lines = head.split('\r\n');
    const first = STATUS_LINE.exec(lines[0] ?? '');
    if (first === null) throw new NotHttp('The first line is no status line.');
    const status = Number(first[2]);
    if (status === 101) throw new NotHttp('Another protocol was not asked for.');
    if (status < 200) return false; // an interim answer: the real one follows
    this.status = status;
    const headers: Record<string, string> = {};
    for (let index = 1; index < lines.length; index += 1) {
      const line = lines[index] as string;
      const colon = line.indexOf(':');
      const name = line.slice(0, colon).toLowerCase();
      if (colon < 1 || !TOKEN.test(name)) throw new NotHttp('A header has no name.');
      const value = line.slice(colon + 1).trim();
      const before = Object.hasOwn(headers, name) ? headers[name] : undefined;
      if (before !== undefined && name === 'content-length' && before !== value) throw new NotHttp('Two lengths.');
      headers[name] = before === undefined || name === 'content-length' ? value : `${before}, ${value}`;
    }
    this.headers = headers;
    const said = (headers['connection'] ?? '').toLowerCase();
    this.keeps = first[1] === '1' ? !said.includes('close') : said.includes('keep-alive');
    this.#body = this.#bodyOf(headers);
    return this.#isHead || status === 204 || status === 304 || (this.#body.kind === 'length' && this.#body.left === 0);
  }

  #bodyOf(headers: Record<string, string>): Body {
    const { 'transfer-encoding': coding, 'content-length': length } = headers;
    if (coding !== undefined) {
      if (length !== undefined || coding.toLowerCase() !== 'chunked') throw new NotHttp('The length is said in two ways.');
      return { kind: 'chunked', left: 0, state: 'size' };
    }
    if (length === undefined) {
      this.keeps = false;
      return { kind: 'until-close' };
    }
    if (!/^\d{1,15}$/.test(length)) throw new NotHttp('The length is no number.');
    if (Number(length) > this.#maxBytes && !this.#isHead) throw tooLarge(this.#where, this.#maxBytes);
    return { kind: 'length', left: Number(length) };
  }

  #readBody(bytes: Buffer): boolean {
    const body = this.#body as Body;
    if (body.kind === 'until-close') {
      this.#keep(bytes);
      return false;
    }
    if (body.kind === 'chunked') return this.#readChunks(body, bytes);
    const taken = bytes.length > body.left ? bytes.subarray(0, body.left) : bytes;
    this.#keep(taken);
    body.left -= taken.length;
    return body.left === 0 && this.#end(bytes.subarray(taken.length));
  }

  #readChunks(body: Body & { kind: 'chunked' }, given: Buffer): boolean {
    let bytes = given;
    for (;;) {
      if (body.state === 'bytes') {
        const taken = bytes.subarray(0, body.left);
        this.#keep(taken);
        body.left -= taken.length;
        bytes = bytes.subarray(taken.length);
        if (body.left > 0) return false;
        body.state = 'line';
      }
      const end = bytes.indexOf('\r\n');
      if (end < 0) {
        if (bytes.length > LARGEST_HEAD) throw new NotHttp('A line is too long.');
        this.#rest = bytes.length === 0 ? null : bytes;
        return false;
      }
      const line = bytes.toString('latin1', 0, end);
      bytes = bytes.subarray(end + 2);
      if (body.state === 'trailer') {
        if (line === '') return this.#end(bytes);
      } else if (body.state === 'line') {
        if (line !== '') throw new NotHttp('A chunk is longer than it said.');
        body.state = 'size';
      } else {
        const size = CHUNK_SIZE.exec(line)?.[1];
        if (size === undefined) throw new NotHttp('A chunk has no size.');
        body.left = Number.parseInt(size, 16);
        body.state = body.left === 0 ? 'trailer' : 'bytes';
      }
    }
  }

  #keep(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#size += bytes.length;
    if (this.#size > this.#maxBytes) throw tooLarge(this.#where, this.#maxBytes);
    this.#parts.push(bytes);
  }

  #end(beyond: Buffer): true {
    if (beyond.length > 0) this.beyond = beyond;
    return true;
  }
}

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [^\r\n\0]*)?$/;
const TOKEN = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
const CHUNK_SIZE = /^([0-9a-fA-F]{1,8})(?:[ \t]*;.*)?$/;

export function tooLarge(where: string, maxBytes: number): RemoteError {
  const most = maxBytes >= 1024 * 1024 ? `${Math.round(maxBytes / 1024 / 1024)} MiB` : `${Math.ceil(maxBytes / 1024)} KiB`;
  return new RemoteError('remote.too-large', {
    message: `${where} answered with more than ${most}, which is more than such an answer can hold.`,
    next: 'Ask for less at once, for example with --limit.',
  });
}
