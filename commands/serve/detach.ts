// `aim serve --detach`: the same server as a process of its own, which goes on when this one has said where it listens.

import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AIMError, ExitCode, RemoteError, UsageError } from '../../src/errors.ts';
import { makeFolderSync } from '../../src/settings/make-folder.ts';
import type { ActionContext } from '../action.ts';
import { programFile } from '../program.ts';
import { serverFolder } from './options.ts';
import type { ServeValues } from './run.ts';

export type Detached = { url: string; pid: number; log: string; admin: { email: string; password?: string } };

/** Resolves when it listens. @throws AIMError with what it said, where it could not start. */
export async function detach({ settings, io, signal }: ActionContext, options: ServeValues): Promise<Detached> {
  const data = options.data ?? serverFolder(settings);
  const log = join(data, 'server.log');
  const errors = openLog(data, log);
  const from = readFileSync(log).length;
  const child = spawn(process.execPath, [programFile('aim'), 'serve', ...wordsOf({ ...options, data }), '--output', 'json'], {
    detached: true,
    stdio: ['ignore', 'pipe', errors],
    cwd: io.cwd,
    // A password in an address of a database is not for the list of processes.
    env: { ...io.env, AIM_DATABASE: options.database, AIM_OIDC_CLIENT_SECRET: options.oidcClientSecret },
  });
  closeSync(errors);
  const { stdout } = child;
  if (stdout === null) throw new Error('a pipe was asked for');
  const stop = () => void child.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  try {
    const line = await firstLine(stdout, new Promise((resolve) => child.once('exit', resolve)));
    if (line === null) throw whatItSaid(readFileSync(log, 'utf8').slice(from), log);
    const { url, admin } = JSON.parse(line) as Detached;
    return { url, pid: child.pid ?? 0, log, admin };
  } finally {
    signal.removeEventListener('abort', stop);
    stdout.destroy();
    child.unref();
  }
}

/** The same options again, as words. */
function wordsOf({ detach: _, database: __, oidcClientSecret: ___, ...options }: ServeValues): string[] {
  return Object.entries(options).flatMap(([name, value]) => {
    const word = `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    if (value === undefined || value === false) return [];
    if (value === true) return [word];
    return (Array.isArray(value) ? value : [value]).map((each) => `${word}=${each}`);
  });
}

async function firstLine(stream: NodeJS.ReadableStream, ended: Promise<unknown>): Promise<string | null> {
  let text = '';
  const line = new Promise<string>((resolve) => {
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      const end = text.indexOf('\n');
      if (end !== -1) resolve(text.slice(0, end));
    });
  });
  return Promise.race([line, ended.then(() => null)]);
}

function whatItSaid(text: string, log: string): AIMError {
  for (const line of text.trim().split('\n').reverse()) {
    const said = parsed(line);
    if (typeof said?.code === 'string' && typeof said.message === 'string')
      return new AIMError('usage', said.code, { message: said.message, next: said.hint, exitCode: ExitCode.Usage });
  }
  return new RemoteError('serve.ended', {
    message: 'The control plane ended before it listened.',
    next: `See why in ${log}`,
    exitCode: ExitCode.Failure,
  });
}

function parsed(line: string): { code?: unknown; message?: string; hint?: string } | null {
  try {
    return JSON.parse(line) as ReturnType<typeof parsed>;
  } catch {
    return null;
  }
}

function openLog(folder: string, log: string): number {
  try {
    makeFolderSync(folder);
    return openSync(log, 'a', 0o600);
  } catch (cause) {
    throw new UsageError('serve.data-not-writable', {
      message: `The directory ${folder} cannot be written (${(cause as NodeJS.ErrnoException).code}).`,
      next: 'Give yourself the right to write there, or choose another directory with --data.',
      cause,
    });
  }
}
