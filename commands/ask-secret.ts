// A password from the terminal, without showing it.

import type { Io } from './action.ts';
import { Interrupted } from './interruption.ts';

type RawInput = NodeJS.ReadableStream & { setRawMode?(on: boolean): unknown };

/** The line that was typed. @throws Interrupted at Ctrl-C. */
export async function askSecret(question: string, io: Io, signal: AbortSignal): Promise<string> {
  const input = io.stdin as RawInput;
  io.stderr.write(question);
  input.setRawMode?.(true);
  try {
    return await typedLine(input, signal);
  } finally {
    input.setRawMode?.(false);
    input.pause();
    io.stderr.write('\n');
  }
}

function typedLine(input: RawInput, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    let typed = '';
    const end = (finish: () => void) => {
      input.off('data', read);
      signal.removeEventListener('abort', stop);
      finish();
    };
    const stop = () => end(() => reject(signal.reason));
    const read = (chunk: Buffer | string) => {
      for (const character of chunk.toString()) {
        if (character === '\r' || character === '\n' || character === '\u0004') return end(() => resolve(typed));
        if (character === '\u0003') return end(() => reject(new Interrupted()));
        typed = character === '\u007f' || character === '\b' ? [...typed].slice(0, -1).join('') : typed + character;
      }
    };
    signal.addEventListener('abort', stop, { once: true });
    input.on('data', read);
    input.resume();
  });
}
