// Lets agents on this machine use the embedded control plane: `secure('name')` finds its sign-in where every AIM SDK looks.

import { stat } from 'node:fs/promises';
import { credentialsOf } from '../../src/auth/auth-caller.ts';
import { readPrivateObject, writePrivateObject } from '../../src/credentials/private-file.ts';
import { fileOf, readSignIn, sdkCredentialsFile } from '../../src/credentials/sdk-credentials.ts';
import type { Paths } from '../../src/settings/settings.ts';
import type { Tokens } from '../../src/wire/session.ts';

/**
 * Writes `~/.aim/sdk_credentials.json` where there is none, or where it is this control plane's own and getting old.
 * Somebody's sign-in to another server is theirs and stays.
 */
export async function shareSignIn(url: string, { aim, data }: Paths, ask: () => Promise<Tokens>): Promise<void> {
  const path = sdkCredentialsFile(aim);
  const before = await readPrivateObject(path);
  const held = readSignIn(before);
  // Marked with the data folder, because the port may be another one next time.
  const isOurs = before?.[MARK] === data;
  if (held !== null && !isOurs) return;
  if (held !== null && held.aimUrl === url && Date.now() - (await stat(path)).mtimeMs < FRESH) return;
  // A family of tokens of its own: the SDKs rotate what they find in the file.
  await writePrivateObject(path, { ...fileOf(credentialsOf(url, await ask())), [MARK]: data });
}

/** Whether the stored sign-in is the one that was written here: then it means the embedded control plane, not a server. */
export async function isEmbeddedSignIn({ aim, data }: Paths): Promise<boolean> {
  return (await readPrivateObject(sdkCredentialsFile(aim)))?.[MARK] === data;
}

const MARK = 'embeddedIn';
const FRESH = 30 * 60_000; // far less than a sign-in lasts, far more than a morning's commands are apart
