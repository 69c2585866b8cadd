// The sign-in that every AIM SDK on this machine shares: ~/.aim/sdk_credentials.json, in the Python SDK's form (wire-auth §3.1).

import { join } from 'node:path';
import { checkArguments, object } from '../arguments.ts';
import { ConfigurationError } from '../errors.ts';
import { homeFolder } from '../settings/home-folder.ts';
import { camelMembers } from '../wire/member-names.ts';
import { readPrivateObject, removePrivateFile, writePrivateObject } from './private-file.ts';

/** A sign-in as `~/.aim/sdk_credentials.json` keeps it (wire-auth §3.1). Never log it: it holds tokens. */
export type SdkCredentials = {
  /** The server, without trailing slash. */
  aimUrl: string;
  refreshToken: string;
  accessToken?: string | undefined;
  userId?: string | undefined;
  userEmail?: string | undefined;
  organizationId?: string | undefined;
  /** The id of the refresh token, sent as `X-SDK-Token`. Left out where unknown: null signs older SDKs out. */
  sdkTokenId?: string | undefined;
};

/** `~/.aim`. Nothing is ever read from the working directory: a checkout could plant a sign-in and a server there. */
export const aimFolder = (): string => join(homeFolder(), '.aim');

export const sdkCredentialsFile = (folder: string): string => join(folder, 'sdk_credentials.json');

/** The stored sign-in, or null where there is none. An older `credentials.json` of the same kind is read too. */
export async function loadSdkCredentials({ folder = aimFolder() }: { folder?: string } = {}): Promise<SdkCredentials | null> {
  return (
    readSignIn(await readPrivateObject(sdkCredentialsFile(folder))) ??
    readSignIn(await readPrivateObject(join(folder, 'credentials.json')))
  );
}

/** Keeps the sign-in, 0600, whole or not at all. Members that others wrote into the file stay. @throws ConfigurationError */
export async function saveSdkCredentials(
  credentials: SdkCredentials,
  { folder = aimFolder() }: { folder?: string } = {},
): Promise<void> {
  checkArguments('saveSdkCredentials', { credentials: object() }, [credentials]);
  if (!credentials.aimUrl || !credentials.refreshToken) {
    throw new ConfigurationError('credentials.incomplete', {
      message: 'A sign-in to keep needs a server and a refresh token.',
      field: credentials.aimUrl ? 'refreshToken' : 'aimUrl',
    });
  }
  const path = sdkCredentialsFile(folder);
  const before = (await readPrivateObject(path)) ?? {};
  const sameServer = readSignIn(before)?.aimUrl === credentials.aimUrl;
  await writePrivateObject(path, fileOf(credentials, sameServer ? before : {}));
}

/** Removes the sign-in. Agents' keys stay. */
export async function removeSdkCredentials({ folder = aimFolder() }: { folder?: string } = {}): Promise<void> {
  await removePrivateFile(sdkCredentialsFile(folder));
  const legacy = join(folder, 'credentials.json');
  const older = await readPrivateObject(legacy);
  if (older === null || readSignIn(older) === null) return;
  // Old versions kept agents in the same file: only the sign-in goes.
  const kept = Object.entries(older).filter(
    ([key, value]) => typeof value === 'object' && value !== null && !SIGN_IN_MEMBERS.has(key),
  );
  await (kept.length === 0 ? removePrivateFile(legacy) : writePrivateObject(legacy, Object.fromEntries(kept)));
}

const SIGN_IN_MEMBERS = new Set(['sharedAccessToken']);

/** What a file says, in either spelling, or null where it is no sign-in. */
export function readSignIn(file: Record<string, unknown> | null): SdkCredentials | null {
  if (file === null) return null;
  const named = camelMembers(file) as Record<string, unknown>;
  const text = (name: string): string | undefined =>
    typeof named[name] === 'string' && named[name] !== '' ? (named[name] as string) : undefined;
  const aimUrl = text('aimUrl')?.replace(/\/+$/, '');
  const refreshToken = text('refreshToken');
  if (aimUrl === undefined || refreshToken === undefined) return null;
  return {
    aimUrl,
    refreshToken,
    accessToken: text('accessToken'),
    userId: text('userId'),
    userEmail: text('userEmail') ?? text('email'),
    organizationId: text('organizationId'),
    sdkTokenId: text('sdkTokenId'),
  };
}

/** The file's members in the Python SDK's order; what it had beside them is kept. */
export function fileOf(credentials: SdkCredentials, before: Record<string, unknown> = {}): Record<string, unknown> {
  const { aimUrl, refreshToken, accessToken, userId, userEmail, organizationId, sdkTokenId } = credentials;
  const ours = { aimUrl, refreshToken, accessToken, userId, userEmail, organizationId };
  const written = new Set(['sdkTokenId', 'schemaVersion', 'type', 'sharedAccessToken', ...Object.keys(ours)]);
  const rest = Object.entries(camelMembers(before) as Record<string, unknown>).filter(([name]) => !written.has(name));
  return dropUndefined({ ...ours, ...Object.fromEntries(rest), schemaVersion: '1.0', type: 'sdk_oauth', sdkTokenId });
}

const dropUndefined = (members: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined && value !== null));
