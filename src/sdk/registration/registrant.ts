// Who registers the agent: an API key, a sign-in on this machine, or a single-use token from an operator.

import { openSession } from '../../auth/session.ts';
import { loadSdkCredentials } from '../../credentials/sdk-credentials.ts';
import { ConfigurationError } from '../../errors.ts';
import { apiKeyCredentials, type CredentialSource } from '../../http/credential-source.ts';
import { serverAddress } from '../../http/server-address.ts';
import type { SecureOptions } from './secure-options.ts';

export type Registrant =
  | { kind: 'api-key'; server: string; apiKey: string; credentials: CredentialSource }
  | { kind: 'session'; server: string; credentials: CredentialSource; sdkTokenId: string | undefined }
  | { kind: 'bootstrap'; server: string; token: string };

/** An operator who is signed in already, as where a command is given a token. */
export type SignedIn = { credentials?: CredentialSource | undefined };

type Environment = Readonly<Record<string, string | undefined>>;

/** Null where nothing on this machine and nothing in the options says who registers. Sends nothing. */
export async function findRegistrant(
  options: SecureOptions & SignedIn,
  folder: string,
  env: Environment = process.env,
): Promise<Registrant | null> {
  const aimUrl = options.aimUrl ?? env['AIM_URL'];
  const server = aimUrl === undefined || aimUrl === '' ? undefined : serverAddress(aimUrl);
  if (options.credentials !== undefined && server !== undefined)
    return { kind: 'session', server, credentials: options.credentials, sdkTokenId: undefined };
  const token = options.bootstrapToken ?? env['AIM_BOOTSTRAP_TOKEN'];
  if (token)
    return { kind: 'bootstrap', server: server ?? (await signedInServer(folder)) ?? missingServer('bootstrapToken'), token };
  const apiKey = options.apiKey ?? env['AIM_API_KEY'];
  if (apiKey) {
    if (/[^\x21-\x7e]/.test(apiKey))
      throw new ConfigurationError('settings.api-key', {
        message: 'The API key has characters that no key has. Was it copied whole, without spaces?',
        field: 'apiKey',
      });
    return {
      kind: 'api-key',
      server: server ?? (await signedInServer(folder)) ?? missingServer('apiKey'),
      apiKey,
      credentials: apiKeyCredentials(apiKey),
    };
  }
  const session = await openSession({ server, paths: { aim: folder } });
  if (session === null) return null;
  const stored = await loadSdkCredentials({ folder });
  return {
    kind: 'session',
    server: session.server,
    credentials: session.credentials,
    sdkTokenId: stored?.aimUrl === session.server ? stored.sdkTokenId : undefined,
  };
}

const signedInServer = async (folder: string): Promise<string | undefined> => (await loadSdkCredentials({ folder }))?.aimUrl;

function missingServer(field: string): never {
  throw new ConfigurationError('settings.no-server', {
    message: `With ${field} alone it is not known which server to register with.`,
    next: 'Give aimUrl as well, or set AIM_URL.',
    field: 'aimUrl',
  });
}

export function nobodyRegisters(server: string | undefined): ConfigurationError {
  return new ConfigurationError('settings.no-credentials', {
    message: `There is nobody to register the agent with${server === undefined ? '' : ` at ${server}`}: no sign-in on this machine, no API key.`,
    next:
      server === undefined
        ? 'Start aim (npm start) on this machine, or sign in: aim login --server URL'
        : `Sign in: aim login --server ${server}, or give apiKey.`,
    field: 'apiKey',
  });
}
