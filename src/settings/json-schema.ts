// The settings file as JSON Schema (draft 2020-12): what editors complete by, and what a write is checked against.

import { definitions, type Kind, settingKeys } from './definitions.ts';
import { schemaVersion } from './files.ts';

export type JsonSchema = { readonly [keyword: string]: unknown };

/** The schema of each member of the file. */
export function fileProperties(): Record<string, JsonSchema> {
  const settings = Object.fromEntries(settingKeys.map((key) => [key, settingSchema(key)]));
  const { profile: _, ...ofProfile } = settings;
  return {
    $schema: { type: 'string' },
    schemaVersion: { type: 'integer', minimum: 1, maximum: schemaVersion },
    ...settings,
    profiles: {
      type: 'object',
      description: 'Settings by profile; a profile overrides what stands beside it',
      additionalProperties: { type: 'object', properties: ofProfile, additionalProperties: false },
    },
  };
}

export const fileSchema = (): JsonSchema => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Settings of aim',
  type: 'object',
  properties: fileProperties(),
  additionalProperties: false,
});

function settingSchema(key: (typeof settingKeys)[number]): JsonSchema {
  const definition = definitions[key];
  const schema = kindSchema(definition);
  const type = definition.default === null ? [schema['type'], 'null'] : schema['type'];
  return { description: definition.summary, ...schema, type };
}

function kindSchema(kind: Kind): JsonSchema {
  switch (kind.kind) {
    case 'boolean':
      return { type: 'boolean' };
    case 'integer':
      return { type: 'integer', minimum: kind.minimum, maximum: kind.maximum };
    case 'seconds':
      return { type: 'number', exclusiveMinimum: 0, maximum: 86_400 };
    case 'url':
      return { type: 'string', pattern: '^https?://' };
    case 'texts':
      return { type: 'object', additionalProperties: { type: 'string' } };
    case 'word':
      return { type: 'string', enum: kind.words };
    case 'text':
      return { type: 'string', minLength: 1 };
  }
}
