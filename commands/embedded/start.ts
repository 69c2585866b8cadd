// Starts the embedded control plane as a process of its own, which outlives a killed dashboard just long enough to stop cleanly.

import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AIMError, ConfigurationError, ExitCode, RemoteError } from '../../src/errors.ts';
import { makeFolderSync } from '../../src/settings/make-folder.ts';
import type { Settings } from '../../src/settings/settings.ts';
import { programFile } from '../program.ts';
import { type Endpoint, findEndpoint } from './endpoint.ts';

/** The running one, or a new one. @throws AIMError with what the child said, where it could not start. */
export async function ensureRunning(settings: Settings, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<Endpoint> {
  const { data, state } = settings.paths;
  const running = await findEndpoint(data);
  if (running !== null) return running;
  makeFolder(state);
  makeFolder(data);
  const log = join(state, 'control-plane.log');
  const child = startChild(data, log, env);
  const deadline = Date.now() + PATIENCE;
  while (Date.now() < deadline) {
    const endpoint = await findEndpoint(data);
    if (endpoint !== null) return endpoint;
    const failure = child.failure();
    // Somebody else's may have taken the lock a moment before ours: then that one is about to listen.
    if (failure !== null && failure.code !== 'serve.data-in-use') throw failure;
    await pause(INTERVAL, signal);
  }
  throw (
    child.failure() ??
    new RemoteError('embedded.slow', {
      message: `The embedded control plane did not begin to listen within ${PATIENCE / 1000} s.`,
      next: `See why in ${log}`,
      exitCode: ExitCode.Timeout,
    })
  );
}

const PATIENCE = 20_000; // a first start creates its database; slow disks exist
const INTERVAL = 20;

function startChild(folder: string, log: string, env: NodeJS.ProcessEnv): { failure(): AIMError | null } {
  const errors = openLog(log);
  const from = readFileSync(log).length;
  const child = spawn(
    process.execPath,
    [programFile('aim'), 'serve', '--embedded', '--listen', '127.0.0.1:0', '--data', folder, '--output', 'json'],
    // AIM_SERVER and the like are for clients; a server that reads them would be confused about itself.
    {
      detached: true,
      stdio: ['ignore', errors, errors],
      cwd: folder,
      env: { ...env, AIM_TOKEN: undefined, AIM_READ_ONLY: undefined },
    },
  );
  closeSync(errors);
  child.unref();
  let ended: string | null = null;
  child.once('error', (error) => {
    ended = error.message;
  });
  child.once('exit', (code, killedBy) => {
    ended = `exit ${code ?? killedBy}`;
  });
  return { failure: () => (ended === null ? null : whatItSaid(readFileSync(log, 'utf8').slice(from), ended, log)) };
}

function whatItSaid(text: string, ended: string, log: string): AIMError {
  for (const line of text.trim().split('\n').reverse()) {
    const said = parsed(line);
    if (typeof said?.code === 'string' && typeof said.message === 'string') {
      return new AIMError('remote', said.code, { message: said.message, next: said.hint, exitCode: ExitCode.Failure });
    }
  }
  return new RemoteError('embedded.failed', {
    message: `The embedded control plane ended before it listened (${ended}).`,
    next: `See why in ${log}`,
  });
}

function parsed(line: string): { code?: unknown; message?: string; hint?: string } | null {
  try {
    return JSON.parse(line) as ReturnType<typeof parsed>;
  } catch {
    return null;
  }
}

function makeFolder(folder: string): void {
  try {
    makeFolderSync(folder);
  } catch (cause) {
    throw notWritable(folder, cause);
  }
}

function openLog(log: string): number {
  try {
    return openSync(log, 'a', 0o600);
  } catch (cause) {
    throw notWritable(log, cause);
  }
}

const notWritable = (path: string, cause: unknown) =>
  new ConfigurationError('state.not-writable', {
    message: `${path} cannot be written (${(cause as NodeJS.ErrnoException).code}), and the embedded control plane keeps its state there.`,
    next: 'Make it writable, set XDG_STATE_HOME to another folder, or use a server: aim login --server URL',
    exitCode: ExitCode.Failure,
    cause,
  });

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    signal.addEventListener('abort', stop, { once: true });
  });
}
