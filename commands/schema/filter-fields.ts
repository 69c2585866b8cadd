// Which members a list can be filtered by, known from its schema: so that a misspelt one is a mistake also where nothing is listed.

import { z } from 'zod';
import { unknownFields } from '../../src/state/filter.ts';
import { aliases, unknownField } from '../filter-of.ts';
import { outputs } from './outputs.ts';

/**
 * @param isEmpty whether the server had nothing to list: only then the schema alone has to know what rows of other servers would have.
 * @throws UsageError that names the nearest member.
 */
export function checkFilterFields(id: string, filter: string, { isEmpty }: { isEmpty: boolean }): void {
  const item = itemOf(outputs[id]);
  if (item === null || (item.isOpen && !isEmpty)) return;
  const [unknown] = unknownFields(filter, [...item.names, ...Object.keys(aliases), ...(ALSO[id] ?? [])]);
  if (unknown !== undefined) throw unknownField(unknown, item.names);
}

/** What filters may ask beside the members of an item. */
const ALSO: Record<string, readonly string[]> = { 'events.ls': ['outcome'] };

function itemOf(schema: z.ZodType | undefined): { names: readonly string[]; isOpen: boolean } | null {
  if (!(schema instanceof z.ZodObject)) return null;
  const { items } = schema.shape as Record<string, z.ZodType | undefined>;
  const item = items instanceof z.ZodArray ? items.element : schema;
  return item instanceof z.ZodObject
    ? { names: Object.keys(item.shape as object), isOpen: item.def.catchall !== undefined }
    : null;
}
