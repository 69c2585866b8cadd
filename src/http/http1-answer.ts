// One HTTP/1.1 answer, read as its bytes come (RFC 9112). Strict: what could be read in two ways is no answer.

import { RemoteError } from '../errors.ts';

export type RawAnswer = { status: number; headers: Record<string, string>; bytes: Buffer };

/** What was sent breaks the protocol; `code` as Node's own parser has it, so that both are told in the same words. */
export class NotHttp extends Error {
  readonly code = 'HPE_INVALID';
}

const LARGEST_HEAD = 64 * 1024;
const NOTHING = Buffer.alloc(0);
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

  /**
   * True when the answer is whole: it and `beyond`, what was left over, may then lie in the memory of `chunk`. Of a part that is not
   * the last, what is kept is copied.
   * @throws NotHttp
   */
  push(chunk: Buffer): boolean {
    const known = this.#parts.length;
    const isWhole = this.#take(chunk);
    if (!isWhole)
      for (let index = known; index < this.#parts.length; index += 1)
        this.#parts[index] = Buffer.from(this.#parts[index] as Buffer);
    return isWhole;
  }

  #take(chunk: Buffer): boolean {
    let bytes = this.#rest === null ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = null;
    while (this.#body === null) {
      const end = bytes.indexOf(HEAD_END);
      if (end < 0) {
        if (bytes.length > LARGEST_HEAD) throw new NotHttp('The head is too long.');
        this.#rest = Buffer.from(bytes);
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
    let end = endOfLine(head, 0);
    const first = firstLineOf(head.slice(0, end));
    if (first === null) throw new NotHttp('The first line is no status line.');
    const { status, keepsUnlessSaid } = first;
    if (status === 101) throw new NotHttp('Another protocol was not asked for.');
    if (status < 200) return false; // an interim answer: the real one follows
    this.status = status;
    const headers: Record<string, string> = {};
    while (end < head.length) {
      const begin = end + 2;
      end = endOfLine(head, begin);
      const colon = head.indexOf(':', begin);
      const name = colon < begin || colon > end ? undefined : nameOf(head.slice(begin, colon));
      if (name === undefined) throw new NotHttp('A header has no name.');
      const value = head.slice(colon + 1, end).trim();
      const before = Object.hasOwn(headers, name) ? headers[name] : undefined;
      if (before !== undefined && name === 'content-length' && before !== value) throw new NotHttp('Two lengths.');
      headers[name] = before === undefined || name === 'content-length' ? value : `${before}, ${value}`;
    }
    this.headers = headers;
    const said = headers['connection'] === undefined ? '' : headers['connection'].toLowerCase();
    this.keeps = keepsUnlessSaid ? !said.includes('close') : said.includes('keep-alive');
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
    const isMore = bytes.length > body.left;
    const taken = isMore ? bytes.subarray(0, body.left) : bytes;
    this.#keep(taken);
    body.left -= taken.length;
    return body.left === 0 && this.#end(isMore ? bytes.subarray(taken.length) : NOTHING);
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
        this.#rest = bytes.length === 0 ? null : Buffer.from(bytes);
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

function endOfLine(head: string, from: number): number {
  const end = head.indexOf('\r\n', from);
  return end < 0 ? head.length : end;
}

// Every answer of a server has the same few names and one of few first lines: each is looked through once.
const names = new Map<string, string>();
const NAMES_KEPT = 200;

function nameOf(sent: string): string | undefined {
  const known = names.get(sent);
  if (known !== undefined) return known;
  const name = sent.toLowerCase();
  if (!TOKEN.test(name)) return undefined;
  if (names.size < NAMES_KEPT && sent.length < 100) names.set(sent, name);
  return name;
}

type FirstLine = { status: number; keepsUnlessSaid: boolean };
const firstLines = new Map<string, FirstLine>();

function firstLineOf(sent: string): FirstLine | null {
  const known = firstLines.get(sent);
  if (known !== undefined) return known;
  const parts = STATUS_LINE.exec(sent);
  if (parts === null) return null;
  const line = { status: Number(parts[2]), keepsUnlessSaid: parts[1] === '1' };
  if (firstLines.size < NAMES_KEPT && sent.length < 100) firstLines.set(sent, line);
  return line;
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
