// `aim paths`: every folder and file that this program keeps.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { userFilePath } from '../../src/settings/files.ts';
import type { Paths } from '../../src/settings/settings.ts';
import { asUntrusted, ours } from '../../src/text/brand.ts';
import { defineAction } from '../action.ts';
import { tableView } from '../output/view.ts';

type Place = { name: string; path: string; holds: string; exists: boolean };

export const paths = defineAction({
  id: 'paths',
  summary: 'List the folders and files that aim uses',
  examples: [{ command: 'paths --json', summary: 'For a program' }],
  args: {},
  options: {},
  needs: 'none',
  mendsSettings: true,
  run: async ({ settings }) => ({ items: placesOf(settings.paths), nextCursor: null, total: null }),
  view: tableView({
    rows: (result: { items: Place[] }) => result.items,
    columns: [
      { key: 'name', title: 'Name', value: (place) => ours(place.name) },
      { key: 'path', title: 'Path', value: (place) => asUntrusted(place.path), format: 'id' },
      { key: 'exists', title: 'There', value: (place) => place.exists, giveUp: 2 },
      { key: 'holds', title: 'What it holds', value: (place) => ours(place.holds), giveUp: 1 },
    ],
    empty: '',
  }),
});

function placesOf(paths: Paths): Place[] {
  const places: [name: string, path: string, holds: string][] = [
    ['aim', paths.aim, 'sign-in and agents’ keys, shared with other AIM SDKs'],
    ['sign-in', join(paths.aim, 'sdk_credentials.json'), 'the sign-in, where it is not in the keychain'],
    ['known-agents', join(paths.aim, 'known_agents'), 'agents’ keys as they were first seen'],
    ['config', userFilePath(paths), 'settings'],
    ['state', paths.state, 'last known state, logs'],
    ['control-plane', paths.data, 'the embedded control plane'],
    ['cache', paths.cache, 'completion; may be removed at any time'],
  ];
  return places.map(([name, path, holds]) => ({ name, path, holds, exists: existsSync(path) }));
}
