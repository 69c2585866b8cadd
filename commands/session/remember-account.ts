// Two people, or two roles of one, on one server: each profile keeps saying whose sign-in it means.

import type { Session } from '../../src/auth/session.ts';
import { AIMError } from '../../src/errors.ts';
import { readUserFile } from '../../src/settings/files.ts';
import type { ActionContext } from '../action.ts';

/** Who was signed in to the server last. */
export async function latestAccount(server: string, { settings }: ActionContext): Promise<string | null> {
  const { openSession } = await import('../../src/auth/session.ts');
  const session = await openSession({ server, paths: settings.paths, store: settings.get('store') });
  return session?.email ?? null;
}

/** Nothing is written while a server has one account: then the latest sign-in is the only one. */
export async function rememberAccount(
  { server, email }: Pick<Session, 'server' | 'email'>,
  before: string | null,
  { settings, io }: ActionContext,
): Promise<void> {
  if (email === null) return;
  const profile = settings.get('profile');
  const { values } = readUserFile(settings.paths, []);
  const isNamed = profile !== 'default';
  const marks: { profile: string | null; account: string }[] = [];
  if (isNamed) marks.push({ profile, account: email });
  // The default profile goes on meaning the sign-in that it had.
  if (isNamed && before !== null && before !== email && values.server === server && values.account === undefined)
    marks.push({ profile: null, account: before });
  if (!isNamed && values.account !== undefined && values.account !== email) marks.push({ profile: null, account: email });
  if (marks.length === 0) return;
  const { changeSetting } = await import('../../src/settings/write-user-file.ts');
  try {
    for (const mark of marks)
      await changeSetting(settings.paths, { key: 'account', value: mark.account, profile: mark.profile });
    // An account means something only beside its server.
    if (isNamed) await changeSetting(settings.paths, { key: 'server', value: server, profile });
  } catch (error) {
    if (!(error instanceof AIMError)) throw error;
    io.note(`aim: ${error.message} The account is not remembered: set AIM_ACCOUNT.`);
  }
}
