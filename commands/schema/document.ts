// The published form: JSON Schema (draft 2020-12), one document for a verb and one for all of them.

import { z } from 'zod';
import { outputs } from './outputs.ts';
import { errorOutput, planOutput } from './program.ts';

export type SchemaDocument = { $schema: string; [keyword: string]: unknown };

/** Grows with each change that a reader could notice; within a major version members are only added. */
export const outputVersion = 1;

/** Of one verb, `error` or `dry-run`; null where there is no such thing. */
export function outputSchema(id: string): SchemaDocument | null {
  const schema = id === 'error' ? errorOutput : id === 'dry-run' ? planOutput : outputs[id];
  if (schema === undefined) return null;
  const { $schema = DRAFT, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input' });
  return { $schema, $id: `urn:aim-terminal:output:${outputVersion}:${id}`, title: titleOf(id), ...rest };
}

/** Every verb as a definition of one document: `#/$defs/agents.ls`. */
export function allSchemas(): SchemaDocument {
  const ids = [...Object.keys(outputs).sort(), 'dry-run', 'error'];
  const definitions = ids.map((id) => {
    const { $schema: _, ...schema } = outputSchema(id) as SchemaDocument;
    return [id, schema];
  });
  return {
    $schema: DRAFT,
    $id: `urn:aim-terminal:output:${outputVersion}`,
    title: 'What aim prints with --json',
    $defs: Object.fromEntries(definitions),
  };
}

const DRAFT = 'https://json-schema.org/draft/2020-12/schema';

function titleOf(id: string): string {
  if (id === 'error') return 'What a failed verb prints on standard error with --json';
  if (id === 'dry-run') return 'What --dry-run prints with --json';
  return `What aim ${id.replaceAll('.', ' ')} prints with --json`;
}
