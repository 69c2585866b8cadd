// Several ways to say who asks: the first is used until a server does not accept it, then the next (wire-agents §12, 6).

import type { CredentialSource } from '../http/credential-source.ts';
import { noCredentials } from '../http/credential-source.ts';

/** AIM's own server gives an agent's signature no role; there the owner's sign-in or API key speaks for it. */
export function firstThatWorks(sources: readonly CredentialSource[]): CredentialSource {
  let index = 0;
  const current = (): CredentialSource => sources[index] ?? noCredentials;
  return {
    get next() {
      return current().next ?? 'Sign in: aim login';
    },
    headersFor: (request, signal) => current().headersFor(request, signal),
    async renew(refused, signal) {
      if (await current().renew?.(refused, signal)) return true;
      if (index + 1 >= sources.length) return false;
      index += 1;
      return true;
    },
  };
}
