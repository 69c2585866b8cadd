// What a backup and a restoration would do, without either: what they refuse is refused here as well.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checkBackup, existsAlready, nothingAt } from './backup.ts';
import type { Contents } from './look-whether-whole.ts';
import { noBackup, notEmpty } from './restore.ts';

type Options = { replace: boolean };

/** One line each. @throws UsageError `backup.*` as `backUp` does, but for what only reading everything shows. */
export function planBackup(from: string, file: string, { replace }: Options): string[] {
  if (existsSync(file) && !replace) throw existsAlready(file);
  const database = join(from, 'aim.db');
  if (!isPostgres(from) && !existsSync(database)) throw nothingAt(database);
  return [`${file} would be ${existsSync(file) ? 'replaced' : 'written'}, with everything in ${shownPlace(from)}`];
}

/** Checks the backup, which reads all of it. @throws UsageError `backup.damaged`, `restore.*`. */
export async function planRestore(
  file: string,
  into: string,
  { replace }: Options,
): Promise<{ says: string[]; contents: Contents }> {
  if (!existsSync(file)) throw noBackup(file);
  const contents = await checkBackup(file);
  if (isPostgres(into))
    return {
      says: [`${shownPlace(into)} would hold it, if nothing is there${replace ? ' or after that is set aside' : ''}`],
      contents,
    };
  const path = join(into, 'aim.db');
  if (existsSync(path) && !replace) throw notEmpty(into);
  return {
    says: [...(existsSync(path) ? [`${path} would be set aside`] : []), `${path} would be made from ${file}`],
    contents,
  };
}

const isPostgres = (location: string): boolean => /^postgres(ql)?:\/\//.test(location);
const shownPlace = (location: string): string => location.replace(/\/\/[^@/]*@/, '//…@');
