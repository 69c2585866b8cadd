// JavaScript and TypeScript source as tokens, with comments gone and strings read: enough of the grammar to see calls and imports.

export type Token = { kind: 'word' | 'sign' | 'text' | 'number' | 'template'; value: string; line: number };

/** Every token, in order. Never throws: source that does not end is read to its end. */
export function* tokens(source: string): Generator<Token, void, void> {
  let at = 0;
  let line = 1;
  let last: Token | null = null;
  // Inside `${…}` of a template: how many braces are open in each.
  const templates: number[] = [];
  const emit = (kind: Token['kind'], value: string, end: number, from = line): Token => {
    for (let index = at; index < end; index += 1) if (source[index] === '\n') line += 1;
    at = end;
    last = { kind, value, line: from };
    return last;
  };
  const skip = (end: number): void => {
    for (; at < end; at += 1) if (source[at] === '\n') line += 1;
  };

  while (at < source.length) {
    const character = source[at] ?? '';
    if (/\s/.test(character)) skip(at + 1);
    else if (source.startsWith('//', at)) skip(endOf(source, '\n', at));
    else if (source.startsWith('/*', at)) skip(endOf(source, '*/', at + 2) + 2);
    else if (character === '"' || character === "'") {
      const end = endOfText(source, at, character);
      yield emit('text', unquote(source.slice(at + 1, end - 1)), end);
    } else if (character === '`' || (character === '}' && templates.at(-1) === 0)) {
      if (character === '}') templates.pop();
      const end = endOfTemplate(source, at + 1);
      if (source.startsWith('${', end - 2) && end - 2 > at) templates.push(0);
      const isWhole = character === '`' && source[end - 1] === '`';
      yield emit(isWhole ? 'text' : 'template', isWhole ? unquote(source.slice(at + 1, end - 1)) : '', end);
    } else if (character === '/' && mayBeginPattern(last)) yield emit('text', '', endOfPattern(source, at));
    else {
      const match = WORD.exec(rest(source, at)) ?? NUMBER.exec(rest(source, at));
      if (match !== null) yield emit(/^[0-9]/.test(match[0]) ? 'number' : 'word', match[0], at + match[0].length);
      else {
        if (templates.length > 0 && character === '{') templates[templates.length - 1] = (templates.at(-1) ?? 0) + 1;
        if (templates.length > 0 && character === '}') templates[templates.length - 1] = (templates.at(-1) ?? 0) - 1;
        yield emit('sign', character, at + 1);
      }
    }
  }
}

const WORD = /^[\p{ID_Start}$_#@][\p{ID_Continue}$\u200c\u200d]*/u;
const NUMBER = /^[0-9][\w.]*/;

// A slash after a value divides; after anything else it begins a pattern.
function mayBeginPattern(last: Token | null): boolean {
  if (last === null || last.kind === 'template') return true;
  if (last.kind === 'text' || last.kind === 'number') return false;
  if (last.kind === 'word') return /^(return|typeof|case|in|of|delete|void|throw|new|else|do|await|yield)$/.test(last.value);
  return last.value !== ')' && last.value !== ']' && last.value !== '}';
}

// Words and numbers are short: matching against the whole remainder would cost the square of the file's length.
const rest = (source: string, at: number): string => source.slice(at, at + 256);

function endOf(source: string, mark: string, from: number): number {
  const found = source.indexOf(mark, from);
  return found < 0 ? source.length : found;
}

function endOfText(source: string, at: number, quote: string): number {
  for (let index = at + 1; index < source.length; index += 1) {
    if (source[index] === '\\') index += 1;
    else if (source[index] === quote || source[index] === '\n') return index + 1;
  }
  return source.length;
}

function endOfTemplate(source: string, from: number): number {
  for (let index = from; index < source.length; index += 1) {
    if (source[index] === '\\') index += 1;
    else if (source[index] === '`') return index + 1;
    else if (source.startsWith('${', index)) return index + 2;
  }
  return source.length;
}

function endOfPattern(source: string, at: number): number {
  let isInClass = false;
  for (let index = at + 1; index < source.length && source[index] !== '\n'; index += 1) {
    if (source[index] === '\\') index += 1;
    else if (source[index] === '[') isInClass = true;
    else if (source[index] === ']') isInClass = false;
    else if (source[index] === '/' && !isInClass) return index + 1;
  }
  return at + 1;
}

const unquote = (text: string): string =>
  text.replace(/\\(?:u\{([0-9a-fA-F]+)\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))/gs, (_, wide, unit, byte, other) =>
    other !== undefined ? other : String.fromCodePoint(Number.parseInt(wide ?? unit ?? byte, 16)),
  );
