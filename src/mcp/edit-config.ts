// Changes one entry of a client's file and nothing else of it: comments, order and spaces stay as somebody wrote them.

import { applyEdits, findNodeAtLocation, modify, parseTree } from 'jsonc-parser';
import { isSeq, parseDocument } from 'yaml';
import { UsageError } from '../errors.ts';

/** A member of the entry to set; null takes the whole entry out. */
export type Edit = { member: string; value: boolean } | null;

/** @throws UsageError `mcp.cannot-edit` where the file's form does not allow it. */
export function editEntry(path: string, text: string, pointer: string, edit: Edit): string {
  const keys = pointerKeys(pointer);
  if (/\.toml$/i.test(path)) return editToml(path, text, keys, edit);
  if (/\.ya?ml$/i.test(path)) return editYaml(text, keys, edit);
  return editJson(text, keys, edit);
}

/** Puts an entry back where it was taken out. */
export function putEntry(path: string, text: string, pointer: string, entry: unknown): string {
  const keys = pointerKeys(pointer);
  if (/\.toml$/i.test(path)) throw cannot(path);
  if (!/\.ya?ml$/i.test(path)) return applyJson(text, keys, entry, true);
  const document = parseDocument(text);
  const list = document.getIn(keys.slice(0, -1));
  if (isSeq(list)) list.items.splice(Number(keys.at(-1)), 0, document.createNode(entry));
  else document.setIn(keys, entry);
  return document.toString({ lineWidth: 0 });
}

const pointerKeys = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));

const editJson = (text: string, keys: readonly string[], edit: Edit): string =>
  edit === null ? applyJson(text, keys, undefined) : applyJson(text, [...keys, edit.member], edit.value);

function applyJson(text: string, keys: readonly string[], value: unknown, isArrayInsertion = false): string {
  const mark = text.startsWith('\ufeff') ? '\ufeff' : '';
  const plain = text.slice(mark.length);
  const indent = /^([ \t]+)\S/m.exec(plain)?.[1] ?? '  ';
  const formattingOptions = {
    insertSpaces: !indent.includes('\t'),
    tabSize: indent.includes('\t') ? 1 : indent.length,
    eol: plain.includes('\r\n') ? '\r\n' : '\n',
  };
  const path = keys.map((key) => (/^\d+$/.test(key) ? Number(key) : key));
  // A list is addressed by number, a map whose key is a number by text: only the file knows which it is.
  const way = isList(plain, path) ? path : [...keys];
  const after = applyEdits(plain, modify(plain, way, value, { formattingOptions, isArrayInsertion }));
  return mark + (value === undefined ? withoutLoneComma(after, way.slice(0, -1)) : after);
}

// Of the only member in `{"a": 1,}` the comma stays, which no client reads.
function withoutLoneComma(text: string, way: readonly (string | number)[]): string {
  const tree = parseTree(text, [], { allowTrailingComma: true });
  const holder = tree === undefined ? undefined : findNodeAtLocation(tree, [...way]);
  if (holder === undefined || holder.children?.length !== 0) return text;
  const end = holder.offset + holder.length;
  return text.slice(0, holder.offset) + text.slice(holder.offset, end).replace(/^([{[]\s*),/, '$1') + text.slice(end);
}

function isList(text: string, path: readonly (string | number)[]): boolean {
  if (!path.some((key) => typeof key === 'number')) return false;
  try {
    let at: unknown = JSON.parse(text);
    for (const key of path) {
      if (typeof key === 'number') return Array.isArray(at);
      at = Reflect.get(Object(at), key);
    }
  } catch {} // with comments it is a client's settings file, which keeps servers in a map
  return false;
}

function editYaml(text: string, keys: readonly string[], edit: Edit): string {
  const document = parseDocument(text);
  if (edit === null) document.deleteIn(keys);
  else document.setIn([...keys, edit.member], edit.value);
  return document.toString({ lineWidth: 0 });
}

// No TOML library writes comments back, so the one line is put below the table's own heading.
function editToml(path: string, text: string, keys: readonly string[], edit: Edit): string {
  if (edit === null) throw cannot(path);
  const lines = text.split('\n');
  const heading = lines.findIndex((line) => sameKeys(line, keys));
  if (heading === -1) throw cannot(path);
  const end = lines.findIndex((line, at) => at > heading && /^\s*\[/.test(line));
  const own = lines.slice(heading + 1, end === -1 ? undefined : end);
  const at = own.findIndex((line) => new RegExp(`^\\s*${edit.member}\\s*=`).test(line));
  const written = `${edit.member} = ${edit.value}`;
  if (at !== -1) return lines.with(heading + 1 + at, written).join('\n');
  return lines.toSpliced(heading + 1, 0, written).join('\n');
}

function sameKeys(line: string, keys: readonly string[]): boolean {
  const inside = /^\s*\[([^[\]]+)\]\s*(?:#.*)?$/.exec(line)?.[1];
  if (inside === undefined) return false;
  const parts = [...inside.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|([\w-]+)/g)].map(
    ([, double, single, bare]) => double ?? single ?? bare,
  );
  return parts.length === keys.length && parts.every((part, index) => part === keys[index]);
}

const cannot = (path: string): UsageError =>
  new UsageError('mcp.cannot-edit', {
    message: `The entry in ${path} is written in a form that cannot be changed without touching the rest of the file.`,
    next: 'Change it by hand',
  });
