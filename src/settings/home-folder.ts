// Whose files these are: the home folder, also where the environment does not say it or says nonsense.

import { homedir, userInfo } from 'node:os';
import { isAbsolute } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * An empty or relative HOME is none: keys and sign-ins would be kept in, and taken from, whatever folder a shell stands in.
 * Users of containers may be in no list of users; the root of the file system is theirs then, as it is for a login.
 */
export function homeFolder(env: Environment = process.env, platform: NodeJS.Platform = process.platform): string {
  const named = [env['HOME'], platform === 'win32' ? env['USERPROFILE'] : undefined].find(
    (path) => path && isFull(path, platform),
  );
  return named ?? listed();
}

// A path of Windows is looked at as such also where its tests run elsewhere.
const isFull = (path: string, platform: NodeJS.Platform): boolean =>
  isAbsolute(path) || (platform === 'win32' && /^(?:[a-z]:)?[\\/]/i.test(path));

function listed(): string {
  try {
    const found = process.platform === 'win32' ? homedir() : userInfo().homedir;
    return isAbsolute(found) ? found : '/';
  } catch {
    return '/';
  }
}
