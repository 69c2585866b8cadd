// Words of a name or value that are not made of the letters that they seem to be made of, said beside it.

import type { Printable } from '../../text/brand.ts';
import { hasRightToLeft, isMixedScript, readsAsLatin, scriptsOf } from '../../text/confusables.ts';
import { counted, say } from '../../text/say.ts';
import { visible } from '../../text/visible.ts';

/** `isName` also wants to hear of words that are wholly of other letters, and look like Latin ones. */
export function letterNotes(text: string, isName: boolean): Printable[] {
  if (PLAIN.test(text)) return [];
  const words = new Set(text.split(/[^\p{L}\p{M}\p{N}]+/u).filter((word) => word !== ''));
  const deceptive = [...words].filter((word) => isMixedScript(word) || (isName && readsAsLatin(word)));
  const notes = deceptive
    .slice(0, MOST)
    .map(
      (word) =>
        say`"${visible(word, { max: 40 })}" has letters of ${scriptsOf(word).join(' and ')}: it is not what it looks like`,
    );
  if (deceptive.length > MOST) notes.push(say`${counted(deceptive.length - MOST, 'more word')} like that`);
  if (isName && hasRightToLeft(text))
    notes.push(say`right-to-left letters stand in it: a terminal may draw it in another order`);
  return notes;
}

const PLAIN = /^[\x00-\x7f]*$/;
const MOST = 3;
