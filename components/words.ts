// Our own words with other people's made-visible words in them: a template that lets nothing unprinted in.

import type { Printable } from '../src/text/brand.ts';

/** words`${count} new from ${visible(agent.name)}` */
export function words(texts: TemplateStringsArray, ...values: readonly (Printable | number)[]): Printable {
  let text = texts[0] ?? '';
  values.forEach((value, index) => {
    text += String(value) + (texts[index + 1] ?? '');
  });
  return text as Printable;
}

export function joined(parts: readonly Printable[], separator = ''): Printable {
  return parts.join(separator) as Printable;
}

/** A name of our own code (an action id, a key, a word of a closed list), which is ASCII by construction. */
export function own(name: string): Printable {
  return name.replace(/[^\x20-\x7e]/g, '?') as Printable;
}
