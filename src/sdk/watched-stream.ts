// A stream that an action hands over: the action ends when the stream does. The stream stays the caller's: nothing is read from it, and
// an error that nobody hears stays one that ends the process.

import type { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { Failure } from './late-generator.ts';

/** Tells `ended` once, when the stream is at its end, fails, or is left by its reader. False for what is no stream to read from. */
export function watchStream(value: unknown, ended: (failure?: Failure) => void): boolean {
  if (isWebStream(value)) {
    const { finished } = process.getBuiltinModule('node:stream');
    finished(value as never, (error) => ended(error ? { error } : undefined));
    return true;
  }
  if (!isNodeStream(value) || value.destroyed || value.readableEnded) return false;
  let isTold = false;
  const tell = (): void => {
    if (isTold) return;
    isTold = true;
    ended(value.errored && !isLeft(value.errored) ? { error: value.errored } : undefined);
  };
  // Not 'error': with a listener of ours, one that the caller forgot to hear would no longer be seen by anybody.
  value.once('end', tell).once('close', tell);
  return true;
}

// Node's word for a stream whose reader stops before its end, by a `break` or a signal.
const isLeft = (error: Error): boolean => (error as { code?: unknown }).code === 'ABORT_ERR';

const isWebStream = (value: unknown): value is ReadableStream =>
  Object.prototype.toString.call(value) === '[object ReadableStream]';

// What can be written to as well, as a socket, is a connection and no result: it may stay open for as long as the program runs.
const isNodeStream = (value: unknown): value is Readable =>
  typeof value === 'object' &&
  value !== null &&
  'readableEnded' in value &&
  !('writableEnded' in value) &&
  typeof (value as Partial<Readable>).pipe === 'function' &&
  typeof (value as Partial<Readable>).once === 'function';
