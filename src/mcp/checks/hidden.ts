// Characters that a person does not see and a model reads. Knows where they are right: emoji, Persian, Thai, flags, right-to-left text.

export type Hidden = { text: string; start: number; message: string };

/** The first place of each kind; empty for almost all texts, at the cost of one look. */
export function hiddenIn(text: string): Hidden[] {
  if (!SUSPECT.test(text)) return blanksIn(text);
  const found: Hidden[] = [];
  const hasRightToLeft = RIGHT_TO_LEFT.test(text);
  const benignTags = new Set<number>();
  for (const flag of text.matchAll(FLAG)) for (let at = 0; at < flag[0].length; at += 1) benignTags.add(flag.index + at);
  const seen = new Set<string>();
  const report = (kind: string, start: number, piece: string, message: string): void => {
    if (seen.has(kind)) return;
    seen.add(kind);
    found.push({ text: piece, start, message });
  };
  for (let at = 0; at < text.length; ) {
    const code = text.codePointAt(at) ?? 0;
    const length = code > 0xffff ? 2 : 1;
    if (code >= 0xe0000 && code <= 0xe007f) {
      if (!benignTags.has(at)) {
        const { piece, decoded } = tagsFrom(text, at);
        report('tag', at, piece, `Tag characters spell what nobody sees: ${JSON.stringify(decoded)}.`);
        at += piece.length;
        continue;
      }
    } else if (isVariation(code)) {
      const before = lastCharacter(text, at);
      if (isVariation(before.codePointAt(0) ?? 0) || !MAY_VARY.test(before)) {
        report(
          'variation',
          at,
          text.slice(at, at + 32),
          'Variation selectors stand where there is nothing to vary; bytes can be hidden in them.',
        );
      }
    } else if (code === 0x200d || code === 0x200c) {
      if (!isJoinerRight(text, at, code))
        report(
          'joiner',
          at,
          around(text, at),
          `An invisible ${code === 0x200d ? 'joiner' : 'non-joiner'} stands between letters that it does not belong to.`,
        );
    } else if (code === 0x200b) {
      if (!NO_SPACES.test(lastCharacter(text, at)) && !NO_SPACES.test(nextCharacter(text, at + 1)))
        report('space', at, around(text, at), 'A space of no width splits or pads the text.');
    } else if (code === 0x200e || code === 0x200f || code === 0x061c) {
      if (!hasRightToLeft) report('mark', at, around(text, at), 'A direction mark stands in text that has one direction.');
    } else if ((code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069)) {
      if (code === 0x202d || code === 0x202e || !hasRightToLeft)
        report('bidi', at, around(text, at), 'A direction override makes the text read in another order than it is.');
    } else if (INVISIBLE.test(String.fromCodePoint(code)) && !(code === 0xfeff && at === 0)) {
      report('invisible', at, around(text, at), `U+${code.toString(16).toUpperCase().padStart(4, '0')} cannot be seen.`);
    }
    at += length;
  }
  return [...found, ...blanksIn(text)];
}

/** As a model may read it: hidden tags as the letters they spell, what has no width gone, look-alike forms folded. */
export function asRead(text: string): string {
  if (/^[\x20-\x7e\n\r\t]*$/.test(text)) return text;
  return text
    .replaceAll(/[\u{e0020}-\u{e007e}]/gu, (tag) => String.fromCharCode((tag.codePointAt(0) ?? 0) - 0xe0000))
    .replaceAll(WIDTHLESS, '')
    .normalize('NFKC');
}

const SUSPECT =
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: single code points are what is looked for
  /[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e01ef}]/u;
const WIDTHLESS =
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: single code points are what is looked for
  /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff\u{e0000}-\u{e01ef}]/gu;
const INVISIBLE = /[\u034f\u115f\u1160\u17b4\u17b5\u180e\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]/u;
const RIGHT_TO_LEFT = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
// England, Scotland and Wales are drawn by a black flag and their code in tag characters.
const FLAG = /\u{1f3f4}[\u{e0061}-\u{e007a}]{2}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{1,3}\u{e007f}/gu;
const MAY_VARY =
  /[\p{Emoji}\p{Extended_Pictographic}\p{S}\p{P}\p{Script=Han}\p{Script=Mongolian}\p{Script=Myanmar}\p{Script=Phags_Pa}0-9#*]/u;
const JOINING =
  /[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Mongolian}\p{Script=Nko}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}]/u;
const NO_SPACES =
  /[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;

const isVariation = (code: number): boolean => (code >= 0xfe00 && code <= 0xfe0f) || (code >= 0xe0100 && code <= 0xe01ef);

function isJoinerRight(text: string, at: number, code: number): boolean {
  const before = lastCharacter(text, at);
  const after = nextCharacter(text, at + 1);
  if (JOINING.test(before) || JOINING.test(after)) return true;
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: single code points are what is looked for
  const drawn = /[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f]/u;
  return code === 0x200d && drawn.test(before) && /\p{Extended_Pictographic}/u.test(after);
}

function tagsFrom(text: string, start: number): { piece: string; decoded: string } {
  const piece = /^[\u{e0000}-\u{e007f}]+/u.exec(text.slice(start))?.[0] ?? '';
  const decoded = [...piece]
    .map((tag) => String.fromCharCode((tag.codePointAt(0) ?? 0) - 0xe0000))
    .join('')
    .replaceAll(/[^\x20-\x7e]/g, '');
  return { piece, decoded: decoded.slice(0, 200) };
}

// A screenful of nothing, with something behind it.
function blanksIn(text: string): Hidden[] {
  if (text.length < 100) return [];
  const blank = /(?:[ \t\u00a0\u2000-\u200a\u2800\u3000]{100,}|(?:[ \t]*\r?\n){30,})(?=\s*\S)/.exec(text);
  return blank === null
    ? []
    : [
        {
          text: `${blank[0].length} blanks`,
          start: blank.index,
          message: `${blank[0].length} blank characters push what follows out of sight.`,
        },
      ];
}

const around = (text: string, at: number): string => text.slice(Math.max(0, at - 16), at + 17);
const nextCharacter = (text: string, at: number): string => String.fromCodePoint(text.codePointAt(at) ?? 0);

function lastCharacter(text: string, at: number): string {
  const unit = text.charCodeAt(at - 1);
  return unit >= 0xdc00 && unit <= 0xdfff ? text.slice(at - 2, at) : text.slice(at - 1, at);
}
