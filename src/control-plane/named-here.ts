// A page in the browser of this machine may come by a name that somebody else answers for (DNS rebinding): then it is not let in.

import { Refusal } from './refusal.ts';

/**
 * Only a control plane that is for its own machine alone looks at the name; others are reached by names that they do not know.
 * @throws Refusal 421
 */
export function mustBeNamedHere(host: string | undefined, socketAddress: string | undefined, publicUrl: string): void {
  // Whoever could make a name point here could not make an address do so.
  if (host === undefined || host === '' || LOCAL.test(host)) return;
  if (!isLoopback(socketAddress ?? '') || !LOOPBACK_URL.test(publicUrl)) return;
  throw new Refusal(
    421,
    'nameNotServed',
    `This control plane is for its own machine, and not reached as ${host.slice(0, 100)}; where it should be: aim serve --public-url`,
  );
}

const isLoopback = (address: string): boolean => /^(::ffff:)?127\./.test(address) || address === '::1';
const LOCAL = /^(?:localhost|[\w-]+\.localhost|\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;
const LOOPBACK_URL = /^https?:\/\/(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i;
