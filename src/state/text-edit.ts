// A line of text with a cursor, and what each editing key does to it. Pure; positions are in grapheme clusters.

export type TextEdit = { text: string /** In UTF-16 units, always between clusters. */; cursor: number };

export const textEdit = (text = ''): TextEdit => ({ text, cursor: text.length });

/** Null where the key does not edit. The keys are those of readline. */
export function editKey(edit: TextEdit, key: { name: string; text: string | null }): TextEdit | null {
  const change = commands[key.name];
  if (change) return change(edit);
  return key.text === null ? null : insert(edit, key.text);
}

/** What was pasted or typed, in one piece. */
export function insert({ text, cursor }: TextEdit, typed: string): TextEdit {
  return { text: text.slice(0, cursor) + typed + text.slice(cursor), cursor: cursor + typed.length };
}

const commands: Record<string, (edit: TextEdit) => TextEdit> = {
  left: ({ text, cursor }) => ({ text, cursor: before(text, cursor) }),
  'ctrl-b': ({ text, cursor }) => ({ text, cursor: before(text, cursor) }),
  right: ({ text, cursor }) => ({ text, cursor: after(text, cursor) }),
  'ctrl-f': ({ text, cursor }) => ({ text, cursor: after(text, cursor) }),
  home: ({ text }) => ({ text, cursor: 0 }),
  'ctrl-a': ({ text }) => ({ text, cursor: 0 }),
  end: ({ text }) => ({ text, cursor: text.length }),
  'ctrl-e': ({ text }) => ({ text, cursor: text.length }),
  'alt-b': ({ text, cursor }) => ({ text, cursor: wordBefore(text, cursor) }),
  'alt-f': ({ text, cursor }) => ({ text, cursor: wordAfter(text, cursor) }),
  'ctrl-left': ({ text, cursor }) => ({ text, cursor: wordBefore(text, cursor) }),
  'ctrl-right': ({ text, cursor }) => ({ text, cursor: wordAfter(text, cursor) }),
  backspace: ({ text, cursor }) => cut(text, before(text, cursor), cursor),
  delete: ({ text, cursor }) => cut(text, cursor, after(text, cursor)),
  'ctrl-w': ({ text, cursor }) => cut(text, wordBefore(text, cursor), cursor),
  'alt-backspace': ({ text, cursor }) => cut(text, wordBefore(text, cursor), cursor),
  'ctrl-u': ({ text, cursor }) => cut(text, 0, cursor),
  'ctrl-k': ({ text, cursor }) => cut(text, cursor, text.length),
};

const cut = (text: string, from: number, to: number): TextEdit => ({
  text: text.slice(0, from) + text.slice(to),
  cursor: from,
});

const clusters = new Intl.Segmenter();

function before(text: string, cursor: number): number {
  const last = [...clusters.segment(text.slice(0, cursor))].at(-1);
  return last ? last.index : 0;
}

function after(text: string, cursor: number): number {
  const [first] = clusters.segment(text.slice(cursor));
  return cursor + (first?.segment.length ?? 0);
}

const wordBefore = (text: string, cursor: number): number => cursor - (/\S*\s*$/.exec(text.slice(0, cursor))?.[0].length ?? 0);
const wordAfter = (text: string, cursor: number): number => cursor + (/^\s*\S*/.exec(text.slice(cursor))?.[0].length ?? 0);
