// Copies on a person's key, and says what was copied and where to: terminals do not answer whether they took it.

import type { Printable } from '../../src/text/brand.ts';
import type { Shell } from '../shell/shell.ts';
import { words } from '../words.ts';
import { clipboardSequence, pasteSafe } from './copy.ts';
import type { Terminal } from './open-terminal.ts';

export type Copier = (text: string, what: Printable) => void;

export function copier({
  terminal,
  env,
  shell,
}: {
  terminal: Pick<Terminal, 'write'>;
  env: Readonly<Record<string, string | undefined>>;
  shell: Pick<Shell, 'say'>;
}): Copier {
  return (text, what) => {
    const safe = pasteSafe(text);
    const bytes = Buffer.byteLength(safe);
    const sequence = clipboardSequence(safe, env);
    if (sequence === null) {
      shell.say(words`This terminal takes no copies. Select it yourself: ${what}`, 'warning');
      return;
    }
    terminal.write(sequence);
    shell.say(words`Copied ${bytes} bytes: ${what}`, 'good');
  };
}
