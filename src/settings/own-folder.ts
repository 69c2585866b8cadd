// Closing a folder of ours to others: whoever comes first with better manners tightens one that others made.

import { chmod, lstat } from 'node:fs/promises';

/** Leaves alone what is not ours alone: the folder of somebody else, one that everybody shares, and what a link leads to. */
export async function closeOwnFolder(path: string): Promise<void> {
  const found = await lstat(path).catch(() => null);
  if (found === null || !found.isDirectory() || found.uid !== process.getuid?.()) return;
  // As /tmp is: named to us by a setting, and closed by the superuser, it would be gone for the whole machine.
  const isShared = (found.mode & 0o1000) !== 0;
  if (!isShared && (found.mode & 0o077) !== 0) await chmod(path, 0o700).catch(() => {});
}
