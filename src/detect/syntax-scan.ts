// The capabilities that a source file names in its calls, by its syntax tree. Brings a parser along: loaded only for files that may hold one.

import { tsPlugin } from '@sveltejs/acorn-typescript';
import { type Node, Parser } from 'acorn';
import { CALLS, isCapability, type NamedCapability } from './source-scan.ts';

/** Null where the file cannot be parsed: another language, or a grammar newer than the parser. */
export function namedInCalls(source: string): NamedCapability[] | null {
  const tree = parse(source);
  if (tree === null) return null;
  const found: NamedCapability[] = [];
  visit(tree, (node) => {
    const { type, callee, arguments: given } = node;
    if (
      type !== 'CallExpression' ||
      callee?.type !== 'MemberExpression' ||
      callee.computed ||
      !CALLS.has(callee.property?.name ?? '')
    )
      return;
    const call = callee.property?.name ?? '';
    const capability = textOf(given?.[0]);
    if (capability !== null && isCapability(capability, call))
      found.push({ capability, call, line: callee.property?.loc?.start.line ?? 1 });
  });
  return found.sort((left, right) => left.line - right.line);
}

type Syntax = Node & {
  callee?: Syntax;
  computed?: boolean;
  property?: Syntax;
  name?: string;
  arguments?: Syntax[];
  value?: unknown;
  quasis?: { value: { cooked?: string | null } }[];
  expression?: Syntax;
};

const OPTIONS = {
  ecmaVersion: 'latest',
  sourceType: 'module',
  locations: true,
  allowHashBang: true,
  allowReturnOutsideFunction: true,
} as const;
// A cast in angle brackets and an element of JSX begin alike: which of the two it is only the file's name would say.
const PARSERS = [Parser.extend(tsPlugin({ jsx: true })), Parser.extend(tsPlugin())];

function parse(source: string): Syntax | null {
  for (const parser of PARSERS) {
    try {
      return parser.parse(source, OPTIONS) as Syntax;
    } catch {
      // the other grammar, or none
    }
  }
  return null;
}

/** A name that is written out: a text, also in backticks or behind `as const`. One that is put together at run time is not known here. */
function textOf(node: Syntax | undefined): string | null {
  if (node === undefined) return null;
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : null;
  if (node.type === 'TemplateLiteral' && node.quasis?.length === 1) return node.quasis[0]?.value.cooked ?? null;
  return /^TS(As|Satisfies|NonNull)/.test(node.type) ? textOf(node.expression) : null;
}

// Without recursion: a tree may be as deep as somebody else's file makes it.
function visit(root: Syntax, meet: (node: Syntax) => void): void {
  const waiting: unknown[] = [root];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (Array.isArray(next)) {
      for (const one of next) waiting.push(one);
      continue;
    }
    if (typeof next !== 'object' || next === null) continue;
    if (typeof (next as Syntax).type === 'string') meet(next as Syntax);
    for (const value of Object.values(next)) if (typeof value === 'object' && value !== null) waiting.push(value);
  }
}
