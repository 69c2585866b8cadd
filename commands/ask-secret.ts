// A password from the terminal, without showing it.

import { StringDecoder } from 'node:string_decoder';
import type { Io } from './action.ts';
import { Interrupted } from './interruption.ts';

type RawInput = NodeJS.ReadableStream & { setRawMode?(on: boolean): unknown };

/** The line that was typed. @throws Interrupted at Ctrl-C, at Ctrl-D before anything was typed, and where the terminal goes away. */
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
    // A character of several bytes may come in two pieces.
    const decoder = new StringDecoder('utf8');
    const end = (finish: () => void) => {
      input.off('data', read);
      input.off('end', leave);
      signal.removeEventListener('abort', stop);
      finish();
    };
    const stop = () => end(() => reject(signal.reason));
    const leave = () => end(() => reject(new Interrupted()));
    const read = (chunk: Buffer | string) => {
      for (const character of typeof chunk === 'string' ? chunk : decoder.write(chunk)) {
        if (character === '\r' || character === '\n') return end(() => resolve(typed));
        if (character === '\u0003' || (character === '\u0004' && typed === '')) return leave();
        if (character === '\u0004') return end(() => resolve(typed));
        if (character === '\u0015') typed = '';
        else typed = character === '\u007f' || character === '\b' ? [...typed].slice(0, -1).join('') : typed + character;
      }
    };
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    input.on('data', read);
    input.once('end', leave);
    input.resume();
  });
}
