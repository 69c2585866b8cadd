// `aim config edit`: the settings file in your editor, checked before it counts.

import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openEditor } from '../../src/edit/open-editor.ts';
import { UsageError } from '../../src/errors.ts';
import { userFilePath } from '../../src/settings/files.ts';
import { fileSchema } from '../../src/settings/json-schema.ts';
import { loadSettings } from '../../src/settings/load-settings.ts';
import { makeFolderSync } from '../../src/settings/make-folder.ts';
import { resolvePaths } from '../../src/settings/paths.ts';
import { type Action, defineAction } from '../action.ts';

const edit = defineAction({
  id: 'config.edit',
  summary: 'Open your settings file in your editor, and check it afterwards',
  description:
    'A file that cannot be read as settings is named with what is wrong; the one before is kept beside it as config.json.before.',
  args: {},
  options: {},
  needs: 'none',
  mendsSettings: true,
  commandLineOnly: true,
  actsHere: true,
  // Where the file is broken, these are what is left without it.
  run: async ({ io, settings }) => {
    if (!io.stdin.isTTY || !io.stdout.isTTY) {
      throw new UsageError('config.no-terminal', {
        message: 'An editor needs a terminal.',
        next: 'Set one setting: aim config set SETTING VALUE',
      });
    }
    const paths = resolvePaths(io.env);
    const path = userFilePath(paths);
    prepare(path);
    await openEditor(path, { settings, env: io.env, cwd: io.cwd });
    const { warnings = [] } = loadSettings({ env: io.env, cwd: io.cwd });
    for (const warning of warnings) io.note(`aim: ${warning}`);
    return { path };
  },
  view: { kind: 'none' },
});

function prepare(path: string): void {
  makeFolderSync(dirname(path));
  // Editors complete and check by it.
  writeFileSync(join(dirname(path), 'config.schema.json'), `${JSON.stringify(fileSchema(), null, 2)}\n`);
  if (!existsSync(path))
    writeFileSync(path, '{\n  "$schema": "./config.schema.json",\n  "schemaVersion": 1\n}\n', { mode: 0o600 });
  else if (isJson(path)) copyFileSync(path, `${path}.before`);
}

function isJson(path: string): boolean {
  try {
    JSON.parse(readFileSync(path, 'utf8'));
    return true;
  } catch {
    return false;
  }
}

export const configEditActions: readonly Action[] = [edit];
