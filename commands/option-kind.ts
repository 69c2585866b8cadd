// What an option's schema means for the command line, read from the schema itself and without loading zod.

import type { z } from 'zod';
import type { Option } from './action.ts';

type Definition = {
  type: string;
  innerType?: z.ZodType;
  in?: z.ZodType;
  defaultValue?: unknown;
  entries?: Record<string, string>;
};
const definitionOf = (schema: z.ZodType) => schema._zod.def as unknown as Definition;

/** A switch takes no value; one that is on by default is offered as `--no-NAME`. */
export function optionKind(option: Option): 'switch' | 'off-switch' | 'value' {
  let onByDefault = false;
  for (let schema: z.ZodType | undefined = option.schema; schema !== undefined; ) {
    const definition = definitionOf(schema);
    if (definition.type === 'boolean') return onByDefault ? 'off-switch' : 'switch';
    if (definition.type === 'default') onByDefault = definition.defaultValue === true;
    schema = definition.innerType ?? definition.in;
  }
  return 'value';
}

/** The words that it may be, where those are a closed list. */
export function optionWords(option: Option): readonly string[] | null {
  for (let schema: z.ZodType | undefined = option.schema; schema !== undefined; ) {
    const definition = definitionOf(schema);
    if (definition.type === 'enum' && definition.entries !== undefined) return Object.values(definition.entries);
    schema = definition.innerType ?? definition.in;
  }
  return null;
}

export const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** As it is written: `--no-follow`, `-c, --capability NAME`. */
export function optionFlags(name: string, option: Option): string {
  const kind = optionKind(option);
  const long = `--${kind === 'off-switch' ? 'no-' : ''}${kebab(name)}`;
  const value = kind === 'value' ? ` ${option.value ?? optionWords(option)?.join('|') ?? name.toUpperCase()}` : '';
  return `${option.short === undefined ? '' : `-${option.short}, `}${long}${value}`;
}
