// The control plane that uses a data folder: whether there is one, how it stands, and stopping it.

import { get as httpGet } from 'node:http';
import { get as httpsGet } from 'node:https';
import { endpointIn, isInUse, isOfOwner } from '../../src/control-plane/data-directory.ts';
import { ExitCode, PolicyError, RemoteError } from '../../src/errors.ts';

export type Running = {
  running: boolean;
  /** Answers, and can reach its database. */
  ready: boolean;
  url: string | null;
  pid: number | null;
  version: string | null;
  instanceId: string | null;
  data: string;
};

export async function runningIn(data: string): Promise<Running> {
  const nothing = { url: null, pid: null, version: null, instanceId: null };
  if (!isInUse(data)) return { running: false, ready: false, ...nothing, data };
  const endpoint = endpointIn(data);
  if (endpoint === null) return { running: true, ready: false, ...nothing, data };
  const { url, pid, version, instanceId } = endpoint;
  return { running: true, ready: await isReady(url), url, pid, version, instanceId, data };
}

/** Asks it to end, and waits until it has. @throws AIMError where none runs, it may not be ended, or it does not end. */
export async function stopIn(data: string, signal: AbortSignal): Promise<Running> {
  const { pid, url } = await toStop(data);
  try {
    process.kill(pid, 'SIGTERM');
  } catch (cause) {
    throw new PolicyError('serve.not-yours', {
      message: `Process ${pid}, which serves ${url}, cannot be stopped (${(cause as NodeJS.ErrnoException).code}).`,
      next: 'Stop it as the user who started it, or on the machine where it runs.',
      exitCode: ExitCode.Forbidden,
      cause,
    });
  }
  const deadline = Date.now() + PATIENCE;
  while (isInUse(data)) {
    signal.throwIfAborted();
    if (Date.now() > deadline) throw slow(data, `process ${pid} has not ended within ${PATIENCE / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, INTERVAL));
  }
  return { running: false, ready: false, url, pid, version: null, instanceId: null, data };
}

/** The one that `stopIn` would end. @throws AIMError where none runs, or it cannot be told which. */
export async function toStop(data: string): Promise<Running & { pid: number; url: string }> {
  const found = await runningIn(data);
  const { running, pid, url } = found;
  if (!running) {
    throw new PolicyError('serve.not-running', {
      message: `No control plane uses ${data}.`,
      next: 'Name the folder of the one that is meant with --data.',
      exitCode: ExitCode.NotFound,
    });
  }
  // The folder is locked by whoever wrote the file: the number is not that of a stranger.
  if (pid === null || url === null) throw slow(data, 'it is just starting');
  // Unless it is a stranger's folder, whose file names somebody else's process.
  if (!isOfOwner(data, pid)) {
    throw new PolicyError('serve.not-yours', {
      message: `${data} says that process ${pid} uses it, which is not of the owner of that folder.`,
      next: 'Nothing was stopped. See what that process is: ps -fp PID',
      exitCode: ExitCode.Forbidden,
    });
  }
  return { ...found, pid, url };
}

const PATIENCE = 15_000; // it finishes what it is answering
const INTERVAL = 30;

const slow = (data: string, because: string) =>
  new RemoteError('serve.still-running', {
    message: `The control plane in ${data} still runs: ${because}.`,
    next: 'Try again in a moment: aim serve stop',
    exitCode: ExitCode.Timeout,
  });

function isReady(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    // Nothing is sent and one status is read: a certificate that this machine does not know is no matter here.
    const options = { timeout: 2000, rejectUnauthorized: false, agent: false as const };
    const get = url.startsWith('https:') ? httpsGet : httpGet;
    const call = get(`${loopback(url)}/readyz`, options, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    call.on('timeout', () => call.destroy());
    call.on('error', () => resolve(false));
  });
}

// What listens on every address is asked on this machine's own.
const loopback = (url: string): string => url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');
