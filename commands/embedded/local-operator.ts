// Signs in to the embedded control plane as the person who owns its data folder: whoever can read the key is that person.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AuthenticationError } from '../../src/errors.ts';
import type { CredentialSource } from '../../src/http/credential-source.ts';
import { type Tokens, tokens } from '../../src/wire/session.ts';

export async function signInAsLocalOperator(url: string, folder: string): Promise<Tokens> {
  const secret = readKey(folder);
  const response = await fetch(`${url}/api/v1/auth/local-operator`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ secret }),
  });
  const answer = tokens.safeParse(await response.json().catch(() => null));
  if (response.ok && answer.success) return answer.data;
  throw new AuthenticationError('embedded.sign-in', {
    message: `The embedded control plane at ${url} does not accept its own key (status ${response.status}).`,
    next: `Is another program listening there? Stop it, or remove ${join(folder, 'endpoint.json')}`,
  });
}

/** Credentials that renew themselves with the key as long as the control plane runs. */
export function localOperatorCredentials(
  url: string,
  folder: string,
  first: Tokens,
): CredentialSource & { accessToken(): string } {
  let current = first;
  return {
    headersFor: () => ({ Authorization: `Bearer ${current.accessToken}` }),
    renew: async (refused) => {
      // Another call may have renewed while this one was under way.
      if (refused['Authorization'] === `Bearer ${current.accessToken}`) current = await signInAsLocalOperator(url, folder);
      return true;
    },
    next: 'Start it again: the embedded control plane ends with the last program that uses it.',
    accessToken: () => current.accessToken,
  };
}

function readKey(folder: string): string {
  const path = join(folder, 'operator.key');
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (cause) {
    throw new AuthenticationError('embedded.key', {
      message: `The key of the embedded control plane cannot be read: ${path}`,
      next: 'It belongs to the user who started it first.',
      cause,
    });
  }
}
