// Where an address in a parameter really leads, said beside it when a reader could be mistaken.

import type { Printable } from '../../text/brand.ts';
import { isMixedScript } from '../../text/confusables.ts';
import { say } from '../../text/say.ts';

/** Notes on a text that is, or begins with, an address. Empty for what is plain. */
export function linkNotes(text: string): Printable[] {
  const address = /^[a-z][a-z0-9+.-]*:\/\/[^\s]+/i.exec(text.trim())?.[0];
  if (address === undefined || !URL.canParse(address)) return [];
  const url = new URL(address);
  const written = /^[^:]+:\/\/(?:[^/?#]*@)?(\[[^\]]*\]|[^/?#:]*)/.exec(address)?.[1] ?? '';
  const notes: Printable[] = [];
  if (/[^\x20-\x7e]/.test(written)) {
    const mixture = isMixedScript(written) ? ', and mixes scripts' : '';
    notes.push(say`The host is not written in plain letters${mixture}: it is ${url.hostname}`);
  }
  if (url.username !== '' || url.password !== '')
    notes.push(say`What stands before the @ is no host: it leads to ${url.hostname}`);
  return notes;
}
