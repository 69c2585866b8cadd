// The server of the last sign-in is the one that later commands mean: kept in the settings of the profile in use.

import { AIMError } from '../../src/errors.ts';
import type { ActionContext } from '../action.ts';

export async function rememberServer(server: string | undefined, { settings, io }: ActionContext): Promise<void> {
  const said = [settings.explain('server'), ...settings.explain('server').others].find(({ layer }) => layer === 'profile');
  if (said?.value === server) return;
  const profile = settings.get('profile');
  const { changeSetting } = await import('../../src/settings/write-user-file.ts');
  try {
    await changeSetting(settings.paths, { key: 'server', value: server, profile: profile === 'default' ? null : profile });
  } catch (error) {
    // The sign-in stands all the same.
    if (!(error instanceof AIMError)) throw error;
    io.note(`aim: ${error.message} The server is not remembered: set AIM_SERVER.`);
  }
}
