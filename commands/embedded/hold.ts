// Keeps the embedded control plane alive: an open request, which ends with this process however that ends.

import { type IncomingMessage, request } from 'node:http';
import { RemoteError } from '../../src/errors.ts';

export type Hold = {
  /** Resolves when the control plane is gone, not when we let go. */
  lost: Promise<void>;
  release(): void;
};

/** Resolves when the hold stands. @throws RemoteError `embedded.gone` where the control plane has ended meanwhile. */
export function holdOpen(url: string, headers: Readonly<Record<string, string>>): Promise<Hold> {
  const held = Promise.withResolvers<Hold>();
  const lost = Promise.withResolvers<void>();
  const outgoing = request(`${url}/api/v1/embedded/hold`, { headers, agent: false });
  const stands = (response: IncomingMessage) => {
    if (response.statusCode !== 200) {
      outgoing.destroy();
      held.reject(gone(url, `status ${response.statusCode}`));
      return;
    }
    response.resume();
    response.once('close', () => lost.resolve());
    held.resolve({ lost: lost.promise, release: () => outgoing.destroy() });
  };
  outgoing.once('response', stands);
  outgoing.on('error', (error) => {
    lost.resolve();
    held.reject(gone(url, error.message, error));
  });
  outgoing.end();
  return held.promise;
}

const gone = (url: string, because: string, cause?: unknown) =>
  new RemoteError('embedded.gone', {
    message: `The embedded control plane at ${url} ended (${because}).`,
    next: 'Run the command again: it starts a new one.',
    cause,
  });
