// Asks who is on call: a program or an address of the configuration answers with an e-mail address.

import { answerOf } from './ask-outside.ts';
import { Refusal } from './refusal.ts';
import type { Services } from './services.ts';

const PATIENCE = 5000;
const LONGEST = 1000;

/** @throws Refusal 409 where nothing is configured, 502 where the answer is none. */
export async function whoIsOnCall({ onCall }: Pick<Services, 'onCall'>): Promise<string> {
  if (onCall === null) throw new Refusal(409, 'noOnCall', 'This server does not know who is on call (aim serve --on-call)');
  const said = await answerOf({ where: onCall, patience: PATIENCE, longest: LONGEST }).catch(() => null);
  const address = said === null ? undefined : addressIn(said);
  if (address === undefined) throw new Refusal(502, 'onCallUnknown', 'Whoever should know who is on call did not answer');
  return address;
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
