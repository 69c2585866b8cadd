// The reader of answers: however the bytes are cut, the same answer; whatever could be read in two ways, none.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AnswerReader, NotHttp } from '../../src/http/http1-answer.ts';

const crlf = (text: string): Buffer => Buffer.from(text.replaceAll('\n', '\r\n'), 'latin1');

function read(bytes: Buffer, cuts: readonly number[] = [], method = 'POST') {
  const reader = new AnswerReader(method, 1_000_000, 'http://aim.test');
  const edges = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((left, right) => left - right), bytes.length];
  let done = false;
  let arriving = Buffer.alloc(0);
  for (let index = 1; index < edges.length && !done; index += 1) {
    arriving.fill('?'); // as on a connection: each part lies where the one before has lain
    arriving = Buffer.from(bytes.subarray(edges[index - 1], edges[index]));
    if (arriving.length > 0) done = reader.push(arriving);
  }
  if (!done) {
    arriving.fill('?');
    done = reader.ended();
  }
  const { status, headers, bytes: body } = reader.answer();
  return { done, keeps: reader.keeps, beyond: reader.beyond?.toString(), status, headers, text: body.toString() };
}

describe('an answer', () => {
  test.each<[title: string, sent: string, expected: object]>([
    ['with a length', 'HTTP/1.1 201 Created\nContent-Length: 2\n\n{}', { done: true, keeps: true, status: 201, text: '{}' }],
    [
      'in chunks',
      'HTTP/1.1 200 OK\ntransfer-encoding: chunked\n\n3\nabc\n2;x=y\nde\n0\n\n',
      { done: true, keeps: true, text: 'abcde' },
    ],
    [
      'in chunks with a trailer',
      'HTTP/1.1 200 OK\ntransfer-encoding: Chunked\n\n1\na\n0\nx-y: z\n\n',
      { done: true, text: 'a' },
    ],
    ['without a body', 'HTTP/1.1 204 No Content\n\n', { done: true, status: 204, text: '' }],
    [
      'after an interim one',
      'HTTP/1.1 100 Continue\n\nHTTP/1.1 200 OK\ncontent-length: 1\n\nx',
      { done: true, status: 200, text: 'x' },
    ],
    ['until the end', 'HTTP/1.0 200 OK\n\nall of it', { done: true, keeps: false, text: 'all of it' }],
    ['that ends its connection', 'HTTP/1.1 200 OK\nconnection: Close\ncontent-length: 0\n\n', { done: true, keeps: false }],
    [
      'with a header twice',
      'HTTP/1.1 200 OK\nvia: a\nVia: b\ncontent-length: 0\n\n',
      { headers: { via: 'a, b', 'content-length': '0' } },
    ],
    ['that is not whole', 'HTTP/1.1 200 OK\ncontent-length: 5\n\nabc', { done: false }],
    [
      'and one that nobody asked for',
      'HTTP/1.1 200 OK\ncontent-length: 1\n\nxHTTP/1.1 200 OK\n',
      { done: true, beyond: 'HTTP/1.1 200 OK\r\n', text: 'x' },
    ],
  ])('%s', (_, sent, expected) => {
    expect(read(crlf(sent))).toMatchObject(expected);
  });

  test('to HEAD has no body, whatever it says', () => {
    expect(read(crlf('HTTP/1.1 200 OK\ncontent-length: 9\n\n'), [], 'HEAD')).toMatchObject({ done: true, keeps: true });
  });

  test.each<[title: string, sent: string]>([
    ['no HTTP at all', 'SSH-2.0-OpenSSH_9.6\n\n'],
    ['another version', 'HTTP/2 200 OK\n\n'],
    ['a status of four digits', 'HTTP/1.1 2000 OK\n\n'],
    ['a protocol nobody asked for', 'HTTP/1.1 101 Switching Protocols\n\n'],
    ['a header without a name', 'HTTP/1.1 200 OK\n: x\n\n'],
    ['a header that is folded', 'HTTP/1.1 200 OK\nx: y\n z: w\n\n'],
    ['a space before the colon', 'HTTP/1.1 200 OK\ncontent-length : 2\n\n{}'],
    ['two lengths', 'HTTP/1.1 200 OK\ncontent-length: 2\ncontent-length: 3\n\n{}'],
    ['a length and chunks', 'HTTP/1.1 200 OK\ncontent-length: 2\ntransfer-encoding: chunked\n\n0\n\n'],
    ['a coding of chunks and more', 'HTTP/1.1 200 OK\ntransfer-encoding: gzip, chunked\n\n0\n\n'],
    ['a length that is no number', 'HTTP/1.1 200 OK\ncontent-length: +2\n\n{}'],
    ['a chunk without a size', 'HTTP/1.1 200 OK\ntransfer-encoding: chunked\n\nxyz\n'],
    ['a chunk that is longer than it says', 'HTTP/1.1 200 OK\ntransfer-encoding: chunked\n\n2\nabc\n0\n\n'],
  ])('is refused with %s', (_, sent) => {
    expect(() => read(crlf(sent))).toThrow(NotHttp);
  });

  test.each(['HTTP/1.1 200 OK\ncontent-length: 1000001\n\n', `HTTP/1.0 200 OK\n\n${'x'.repeat(1_000_001)}`])(
    'is refused where it is larger than it may be: %.40s',
    (sent) => {
      expect(() => read(crlf(sent))).toThrow(expect.objectContaining({ code: 'remote.too-large' }));
    },
  );

  test('is the same however its bytes are cut', () => {
    const chunked = (parts: readonly string[]): string =>
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${parts.map((part) => `${Buffer.byteLength(part).toString(16)}\r\n${part}\r\n`).join('')}0\r\n\r\n`;
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }), { maxLength: 5 }),
        fc.boolean(),
        fc.array(fc.nat(), { maxLength: 12 }),
        (parts, isChunked, cuts) => {
          const body = parts.join('');
          const sent = isChunked
            ? chunked(parts)
            : `HTTP/1.1 200 OK\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
          expect(read(Buffer.from(sent), cuts)).toMatchObject({ done: true, keeps: true, text: Buffer.from(body).toString() });
        },
      ),
    );
  });
});
