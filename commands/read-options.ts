// Options that come from elsewhere than the command line: `-` is standard input, `@FILE` a file, and some have a variable.

import { readFileSync } from 'node:fs';
import { ExitCode, UsageError } from '../src/errors.ts';
import type { Action, Io } from './action.ts';
import { kebab } from './option-kind.ts';

/** The options with what they refer to. @throws UsageError for what cannot be read, is too long, or is no UTF-8. */
export async function readOptions(
  action: Pick<Action, 'options'>,
  given: Readonly<Record<string, unknown>>,
  io: Io,
): Promise<Record<string, unknown>> {
  const read: Record<string, unknown> = { ...given };
  for (const [name, option] of Object.entries(action.options)) {
    const value = read[name] ?? (option.env === undefined ? undefined : io.env[option.env] || undefined);
    read[name] = option.readable && typeof value === 'string' ? await readText(value, `--${kebab(name)}`, io) : value;
  }
  return read;
}

/** What is in a file that an argument names, or `-` for standard input. @throws UsageError, exit 6 where there is none. */
export async function readFileArgument(path: string, verb: string, io: Io): Promise<string> {
  try {
    return await readText(path === '-' ? '-' : `@${path}`, 'FILE', io);
  } catch (error) {
    const code = error instanceof UsageError ? (error.cause as NodeJS.ErrnoException | undefined)?.code : undefined;
    if (code === undefined || !/^E[A-Z]+$/.test(code)) throw error;
    const why: Record<string, string> = { ENOENT: 'There is no file', EISDIR: 'It is a folder:', EACCES: 'You may not read' };
    throw new UsageError('input.unreadable', {
      message: `${why[code] ?? `It cannot be read (${code}):`} ${path}`,
      next: `Give another path, or pipe it in: aim ${verb} -`,
      exitCode: code === 'ENOENT' ? ExitCode.NotFound : ExitCode.Usage,
      field: 'file',
      cause: error,
    });
  }
}

/** The text that `given` stands for. */
export async function readText(given: string, option: string, io: Io): Promise<string> {
  if (given === '-') {
    if (io.stdin.isTTY) {
      throw new UsageError('input.terminal', {
        message: `${option} - reads standard input, which is the terminal here.`,
        next: `Pipe the text in, or give it as ${option} TEXT`,
      });
    }
    return decoded(await readStream(io.stdin, option), option);
  }
  if (!given.startsWith('@')) return given;
  const path = given.slice(1);
  try {
    return decoded(readFileSync(path), option);
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    throw new UsageError('input.unreadable', {
      message: `${option} names the file ${JSON.stringify(path)}, which cannot be read (${(cause as NodeJS.ErrnoException).code}).`,
      next: `To mean the text itself, put it into a file or pipe it: ${option} -`,
      cause,
    });
  }
}

async function readStream(stream: NodeJS.ReadableStream, option: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk as Uint8Array);
    chunks.push(bytes);
    length += bytes.length;
    if (length > LARGEST) throw tooLong(option);
  }
  return Buffer.concat(chunks);
}

const LARGEST = 16 * 1024 * 1024;

function decoded(bytes: Buffer, option: string): string {
  if (bytes.length > LARGEST) throw tooLong(option);
  try {
    // The line break at the end is the editor's or echo's, not the author's.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/\r?\n$/, '');
  } catch (cause) {
    throw new UsageError('input.encoding', {
      message: `What ${option} reads is not valid UTF-8.`,
      next: 'Convert it first, as with iconv.',
      cause,
    });
  }
}

const tooLong = (option: string) =>
  new UsageError('input.too-long', { message: `What ${option} reads is longer than 16 MiB.`, next: 'Give less.' });
