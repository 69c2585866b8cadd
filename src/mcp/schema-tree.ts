// The parameters of a tool as a tree that ends: references are named and not followed round, and what is too deep is counted.

import { asUntrusted, type Untrusted } from '../text/brand.ts';

export type SchemaLine = {
  depth: number;
  name: Untrusted;
  /** `string`, `array of string`, `one of 3`. */
  type: Untrusted;
  isRequired: boolean;
  description: Untrusted | null;
  /** The values that are allowed, as JSON. */
  values: Untrusted[];
};

/** At most `most` lines; the last one says how much is left out. */
export function schemaTree(schema: unknown, most = MOST_LINES): SchemaLine[] {
  const lines: SchemaLine[] = [];
  let left = 0;
  const root = asObject(schema);
  if (root !== null) walk(root, 0);
  if (left > 0) lines.push(line(0, `${left} more`, ''));
  return lines;

  function walk(node: Members, depth: number): void {
    const properties = asObject(node['properties']);
    const required = Array.isArray(node['required']) ? node['required'] : [];
    for (const [name, value] of Object.entries(properties ?? {})) {
      if (lines.length >= most) {
        left += 1;
        continue;
      }
      const property = asObject(value) ?? {};
      lines.push({
        ...line(depth, name, typeOf(property)),
        isRequired: required.includes(name),
        description: typeof property['description'] === 'string' ? asUntrusted(property['description']) : null,
        values: valuesOf(property),
      });
      if (depth >= DEEPEST) continue;
      for (const inner of [property, asObject(property['items']), ...alternatives(property)])
        if (inner !== null) walk(inner, depth + 1);
    }
  }
}

const line = (depth: number, name: string, type: string): SchemaLine => ({
  depth,
  name: asUntrusted(name),
  type: asUntrusted(type),
  isRequired: false,
  description: null,
  values: [],
});

function typeOf(node: Members): string {
  if (typeof node['$ref'] === 'string') return `see ${node['$ref']}`;
  const choices = alternatives(node);
  if (choices.length > 0) return `one of ${choices.length}`;
  const type = Array.isArray(node['type'])
    ? node['type'].join(' or ')
    : typeof node['type'] === 'string'
      ? node['type']
      : 'anything';
  const items = asObject(node['items']);
  return type === 'array' && items !== null ? `array of ${typeOf(items)}` : type;
}

function alternatives(node: Members): Members[] {
  for (const key of ['anyOf', 'oneOf', 'allOf']) {
    const list = node[key];
    if (Array.isArray(list)) return list.map(asObject).filter((item) => item !== null);
  }
  return [];
}

function valuesOf(node: Members): Untrusted[] {
  const list = Array.isArray(node['enum']) ? node['enum'] : 'const' in node ? [node['const']] : [];
  return list.slice(0, MOST_VALUES).map((value) => asUntrusted(JSON.stringify(value) ?? ''));
}

type Members = Record<string, unknown>;
const asObject = (value: unknown): Members | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : null;

const MOST_LINES = 200;
const DEEPEST = 6;
const MOST_VALUES = 20;
