// Several ways to say who asks: for each route the first that the server accepts there (wire-agents §12, 6).

import type { CredentialSource, OutgoingRequest } from '../http/credential-source.ts';
import { noCredentials } from '../http/credential-source.ts';

/** AIM's own server gives an agent's signature no role; there the owner's sign-in or API key speaks for it. */
export function firstThatWorks(sources: readonly CredentialSource[]): CredentialSource {
  const chosen = new Map<string, number>();
  const indexFor = (request: OutgoingRequest): number => chosen.get(routeOf(request)) ?? 0;
  const sourceAt = (index: number): CredentialSource => sources[index] ?? noCredentials;
  return {
    next: sources.at(-1)?.next ?? 'Sign in: aim login',
    headersFor: (request, signal) => sourceAt(indexFor(request)).headersFor(request, signal),
    renewals: 2 * sources.length,
    async renew(refused, request, signal, serverDate) {
      const index = indexFor(request);
      if (await sourceAt(index).renew?.(refused, request, signal, serverDate)) return true;
      if (index + 1 >= sources.length) return false;
      chosen.set(routeOf(request), index + 1);
      return true;
    },
  };
}

/** The same route with another id asks for the same kind of caller. */
const routeOf = ({ method, target }: OutgoingRequest): string =>
  `${method} ${target.replace(/\?.*$/, '').replace(/\/[0-9a-f-]{36}(?=\/|$)/gi, '/:id')}`;
