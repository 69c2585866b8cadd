// `aim schema`: the JSON Schema of what verbs print, for programs that read it.

import { UsageError } from '../../src/errors.ts';
import { nearest } from '../../src/settings/nearest.ts';
import { asUntrusted } from '../../src/text/brand.ts';
import { terminalJson } from '../../src/text/json.ts';
import { type Action, type Argument, defineAction } from '../action.ts';

const verb: Argument<string> & { variadic: true; optional: true } = {
  summary: 'The verb, as agents ls; error and dry-run are there too. Without it: all of them',
  optional: true,
  variadic: true,
  parse: (text) => text,
};

const schema = defineAction({
  id: 'schema',
  summary: 'Print the JSON Schema of what a verb prints',
  description:
    'Draft 2020-12. A stream prints one such object a line; a list is {items, nextCursor, total}. With --json=FIELDS the members that were not named are missing.',
  examples: [
    { command: 'schema agents ls', summary: 'Of one verb' },
    { command: 'schema > aim-output.schema.json', summary: 'Of every verb, as $defs of one document' },
    { command: 'schema error', summary: 'Of the object on standard error' },
  ],
  args: { verb },
  options: {},
  needs: 'none',
  mendsSettings: true,
  commandLineOnly: true,
  run: async (_, { verb: words = [] }) => {
    const { allSchemas, outputSchema } = await import('./document.ts');
    const id = words.flatMap((word) => word.split(/[.\s]+/)).join('.');
    const found = id === '' ? allSchemas() : outputSchema(id);
    if (found !== null) return found;
    const { outputs } = await import('./outputs.ts');
    throw unknown(id, Object.keys(outputs));
  },
  view: {
    kind: 'text',
    lines: (made) =>
      terminalJson(made, 2)
        .split('\n')
        .map((line) => [asUntrusted(line)]),
  },
});

function unknown(id: string, known: readonly string[]): UsageError {
  const words = id.replaceAll('.', ' ');
  const below = known.filter((name) => name.startsWith(`${id}.`)).map((name) => name.replaceAll('.', ' '));
  const meant =
    below.length > 0
      ? below.join(', ')
      : nearest(
          words,
          known.map((name) => name.replaceAll('.', ' ')),
        );
  return new UsageError('schema.unknown', {
    message: `aim ${words} has no JSON of its own.${meant === null ? '' : ` Did you mean ${meant}?`}`,
    next: 'All of them: aim schema',
    field: 'verb',
  });
}

export const schemaActions: readonly Action[] = [schema];
