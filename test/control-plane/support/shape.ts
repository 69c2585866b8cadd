// The shape of what was answered, as JSON Schema: taken from examples, and compared with the next answer.

export type Shape = {
  type: string | string[];
  properties?: Record<string, Shape>;
  required?: string[];
  items?: Shape;
};

// What somebody put there, and tables by id or by name: their members are no part of the interface.
const FREE =
  /(metadata|context|details|scope|rules|evidence|distribution|environment|definitions?|schema|schemas|carddata|filters|subject|report|content|securityschemes|paths)$/i;
const NAMED = /^[A-Za-z_$][\w$-]*$/;

export function shapeOf(value: unknown, name = ''): Shape {
  if (Array.isArray(value)) {
    const items = value.slice(0, 200).map((item) => shapeOf(item, name));
    return items.length === 0 ? { type: 'array' } : { type: 'array', items: items.reduce(merged) };
  }
  if (typeof value !== 'object' || value === null) return { type: value === null ? 'null' : typeof value };
  const members = Object.entries(value);
  if (FREE.test(name) || members.some(([key]) => !NAMED.test(key) || /^[0-9a-f]{8}-/.test(key))) return { type: 'object' };
  const properties = Object.fromEntries(members.map(([key, member]) => [key, shapeOf(member, key)]));
  return { type: 'object', properties, required: Object.keys(properties).toSorted() };
}

/** What both are examples of. */
export function merged(left: Shape, right: Shape): Shape {
  const types = [...new Set([left.type, right.type].flat())].toSorted();
  const shape: Shape = { type: types.length === 1 ? (types[0] ?? 'null') : types };
  const items = either(left.items, right.items);
  if (items !== undefined) shape.items = items;
  const [isLeft, isRight] = [left, right].map(({ type }) => [type].flat().includes('object'));
  const isFree = (isLeft && left.properties === undefined) || (isRight && right.properties === undefined);
  if (isFree || (!isLeft && !isRight)) return shape;
  const names = new Set([...Object.keys(left.properties ?? {}), ...Object.keys(right.properties ?? {})]);
  shape.properties = Object.fromEntries(
    [...names].map((name) => [name, either(left.properties?.[name], right.properties?.[name]) as Shape]),
  );
  const required =
    isLeft && isRight ? left.required?.filter((name) => right.required?.includes(name)) : (left.required ?? right.required);
  shape.required = required ?? [];
  return shape;
}

/** In words, what of the value is not as the shape says. Members that it does not name are none of its business. */
export function unlike(shape: Shape, value: unknown, path = ''): string[] {
  // What was only ever seen to be null may be anything; the document says no more of it either.
  if (shape.type === 'null') return [];
  const type = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;
  if (![shape.type].flat().includes(type))
    return [`${path || 'the answer'} is ${type}, not ${[shape.type].flat().join(' or ')}`];
  if (Array.isArray(value)) {
    const { items } = shape;
    return items === undefined ? [] : value.slice(0, 200).flatMap((item) => unlike(items, item, `${path}[]`));
  }
  if (type !== 'object') return [];
  const given = value as Record<string, unknown>;
  return [
    ...(shape.required ?? []).filter((name) => !(name in given)).map((name) => `${path}.${name} is missing`),
    ...Object.entries(shape.properties ?? {}).flatMap(([name, member]) =>
      name in given ? unlike(member, given[name], `${path}.${name}`) : [],
    ),
  ];
}

const either = (left: Shape | undefined, right: Shape | undefined): Shape | undefined =>
  left === undefined || right === undefined ? (left ?? right) : merged(left, right);
