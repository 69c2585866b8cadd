// What a server wrote into an error, made fit for the middle of a sentence of ours: one line, visible, short.

import { visible } from '../text/visible.ts';

/** The server's own words, cleaned. Null where there are none worth showing. */
export function serverWords(body: unknown): string | null {
  if (typeof body !== 'object' || body === null) return null;
  const said = body as Record<string, unknown>;
  for (const name of ['errorDescription', 'error_description', 'error', 'message', 'denialReason', 'denial_reason', 'reason']) {
    const text = said[name];
    if (typeof text === 'string' && text.trim() !== '') return oneLine(text);
  }
  return null;
}

/** The stable word of a refusal: `reasonCode`, or its older alias `code`. Null for anything that is not a plain word. */
export function reasonCode(body: unknown): string | null {
  if (typeof body !== 'object' || body === null) return null;
  const { reasonCode: word = undefined, reason_code: older = word, code = older } = body as Record<string, unknown>;
  const found = word ?? older ?? code;
  return typeof found === 'string' && /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/.test(found) ? found : null;
}

/** One line in which everything can be seen, cut where it gets long. */
export const oneLine = (text: string, longest = 300): string => visible(text.trim(), { max: longest });
