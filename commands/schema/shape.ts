// The parts that output schemas are made of, and the check that a schema takes whatever its TypeScript type can be.

import { z } from 'zod';

/** A value as JSON has it: writable, and text whoever wrote it. */
type Plain<Value> = Value extends string | number | boolean | null | undefined
  ? Value
  : unknown extends Value
    ? unknown
    : Value extends readonly (infer Item)[]
      ? Plain<Item>[]
      : { -readonly [Member in keyof Value]: Plain<Value[Member]> };

/** Names that a type has and its schema lacks, or none. */
type Forgotten<Value, Schema extends z.ZodType> = Value extends unknown
  ? Exclude<keyof Value, z.output<Schema> extends infer Output ? (Output extends unknown ? keyof Output : never) : never>
  : never;

/**
 * The schema itself. The compiler refuses one that does not take each `Value`, or that forgets a member of it:
 * what a verb prints cannot change without its published schema.
 */
export const shapeOf =
  <Value>() =>
  <Schema extends z.ZodType>(
    schema: Plain<Value> extends z.output<Schema>
      ? [Forgotten<Value, Schema>] extends [never]
        ? Schema
        : { forgotten: Forgotten<Value, Schema> }
      : { doesNotTake: Plain<Value> },
  ): Schema =>
    schema as Schema;

export const text = z.string();
export const maybeText = text.nullable();
/** RFC 3339 in UTC. */
export const time = z.iso.datetime();
export const maybeTime = time.nullable();
export const count = z.number().int().min(0);
export const maybeNumber = z.number().nullable();
export const share = z.number().min(0).max(1).nullable();
export const flag = z.boolean();
export const members = z.record(z.string(), z.unknown());
export const texts = z.array(text);
export const oneOf = <const Words extends readonly [string, ...string[]]>(...words: Words) => z.enum(words);

/** What a server answers as it is, by its own members in camelCase: other servers may lack some and have more. */
export const row = <Shape extends z.core.$ZodLooseShape>(shape: Shape) => z.looseObject(shape).partial();

/** What every list prints. */
export const listOf = <Item extends z.ZodType>(item: Item) =>
  z.object({
    items: z.array(item),
    nextCursor: maybeText.describe('Give it to --cursor for the next page; null on the last'),
    total: count.nullable().describe('How many there are in all; null where nobody counts'),
  });
