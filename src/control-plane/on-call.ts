// Asks who is on call: a program or an address of the configuration answers with an e-mail address. Bounded, and never through a shell.

import { execFile } from 'node:child_process';
import { Refusal } from './refusal.ts';
import type { Services } from './services.ts';

const PATIENCE = 5000;
const LONGEST = 1000;

/** @throws Refusal 409 where nothing is configured, 502 where the answer is none. */
export async function whoIsOnCall({ onCall }: Pick<Services, 'onCall'>): Promise<string> {
  if (onCall === null) throw new Refusal(409, 'noOnCall', 'This server does not know who is on call (aim serve --on-call)');
  const said = await (/^https?:/.test(onCall) ? fromAddress(onCall) : fromProgram(onCall)).catch(() => null);
  const address = said === null ? undefined : addressIn(said);
  if (address === undefined) throw new Refusal(502, 'onCallUnknown', 'Whoever should know who is on call did not answer');
  return address;
}

/** The program with its arguments, split at blanks; its first line counts. */
function fromProgram(command: string): Promise<string> {
  const [program = '', ...words] = command.trim().split(/\s+/);
  const { PATH = '', HOME = '', LANG = 'C.UTF-8' } = process.env;
  return new Promise((resolve, reject) => {
    // The secrets of this server are none of its business.
    const options = {
      timeout: PATIENCE,
      maxBuffer: LONGEST,
      env: { PATH, HOME, LANG },
      shell: false,
      killSignal: 'SIGKILL',
    } as const;
    execFile(program, words, options, (error, text) => (error === null ? resolve(text) : reject(error)));
  });
}

async function fromAddress(url: string): Promise<string> {
  const response = await fetch(url, {
    redirect: 'error',
    signal: AbortSignal.timeout(PATIENCE),
    headers: { accept: 'application/json, text/plain' },
  });
  if (!response.ok || response.body === null) throw new Error(`HTTP ${response.status}`);
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > LONGEST) throw new Error('too long');
  }
  return text;
}

/** Text with the address alone, or JSON with it as `email`. */
function addressIn(said: string): string | undefined {
  let text = said.split('\n')[0] ?? '';
  try {
    const parsed: unknown = JSON.parse(said);
    const email = typeof parsed === 'string' ? parsed : (parsed as { email?: unknown } | null)?.email;
    if (typeof email === 'string') text = email;
  } catch {
    // plain text
  }
  return /^[^\s@<>"]{1,200}@[^\s@<>"]{1,100}$/.exec(text.trim())?.[0];
}
