// The editor that a person uses, on the terminal that we have: as the setting, VISUAL or EDITOR says, else one that is there.

import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ConfigurationError } from '../errors.ts';
import type { Settings } from '../settings/settings.ts';
import { programWords } from '../text/program-words.ts';

export type EditorSurroundings = { settings: Settings; env: Readonly<Record<string, string | undefined>>; cwd: string };

/** The words of its command line, without the file. Null where none is to be found. */
export function editorOf({ settings, env }: Pick<EditorSurroundings, 'settings' | 'env'>): readonly string[] | null {
  const chosen = settings.get('editor');
  if (chosen !== null) return programWords(chosen);
  const found = ['nano', 'vim', 'vi', 'notepad.exe'].find((name) => isProgram(name, env['PATH'] ?? ''));
  return found === undefined ? null : [found];
}

/** Resolves when the editor was left. @throws ConfigurationError where there is none, or it failed. */
export async function openEditor(path: string, surroundings: EditorSurroundings): Promise<void> {
  const editor = editorOf(surroundings);
  if (editor === null) throw noEditor();
  const [program = '', ...args] = editor;
  const { env, cwd } = surroundings;
  const child = spawn(program, [...args, path], { stdio: 'inherit', cwd, env: { ...env } });
  // Ctrl-C belongs to the editor while it is open.
  const ignore = () => {};
  process.on('SIGINT', ignore);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', resolve);
    });
    if (code !== 0) throw failed(program, `ended with ${code ?? 'a signal'}`);
  } catch (error) {
    throw error instanceof ConfigurationError
      ? error
      : failed(program, `could not be started (${(error as { code?: string }).code})`);
  } finally {
    process.off('SIGINT', ignore);
  }
}

const noEditor = () =>
  new ConfigurationError('editor.none', {
    message: 'There is no editor.',
    next: 'Choose one: aim config set editor PROGRAM, or EDITOR in the environment.',
  });

const failed = (program: string, what: string) =>
  new ConfigurationError('editor.failed', {
    message: `${program} ${what}; nothing was changed.`,
    next: 'Choose another: aim config set editor PROGRAM, or EDITOR in the environment.',
  });

function isProgram(name: string, path: string): boolean {
  return path.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
