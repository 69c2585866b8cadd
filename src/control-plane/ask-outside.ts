// Asks a program or an address of the configuration for one line: bounded, never through a shell, and without the secrets of this server.

import { execFile } from 'node:child_process';

/** `word` takes the place of `{}` where that stands, else it comes last. */
export type OutsideQuestion = { where: string; word?: string; patience: number; longest: number };

/** @throws Error where the answer is none, comes too late, or is too long. */
export const answerOf = (question: OutsideQuestion): Promise<string> =>
  /^https?:/.test(question.where) ? fromAddress(question) : fromProgram(question);

/** The program with its arguments, split at blanks. */
function fromProgram({ where, word, patience, longest }: OutsideQuestion): Promise<string> {
  const [program = '', ...given] = where.trim().split(/\s+/);
  const hasPlace = given.some((each) => each.includes('{}'));
  const words = word === undefined ? given : hasPlace ? given.map((each) => each.replace('{}', () => word)) : [...given, word];
  const { PATH = '', HOME = '', LANG = 'C.UTF-8' } = process.env;
  return new Promise((resolve, reject) => {
    // The secrets of this server are none of its business.
    const options = {
      timeout: patience,
      maxBuffer: longest,
      env: { PATH, HOME, LANG },
      shell: false,
      killSignal: 'SIGKILL',
    } as const;
    execFile(program, words, options, (error, text) => (error === null ? resolve(text) : reject(error)));
  });
}

async function fromAddress({ where, word, patience, longest }: OutsideQuestion): Promise<string> {
  const said = word === undefined ? '' : encodeURIComponent(word);
  const url = where.includes('{}') ? where.replace('{}', () => said) : `${where}${said}`;
  const response = await fetch(url, {
    redirect: 'error',
    signal: AbortSignal.timeout(patience),
    headers: { accept: 'application/json, text/plain' },
  });
  if (!response.ok || response.body === null) throw new Error(`HTTP ${response.status}`);
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > longest) throw new Error('too long');
  }
  return text;
}
