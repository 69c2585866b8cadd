// Writes what the OpenAPI document says of answers, from answers that tests of the control plane got. Merges into what is there; `--anew` begins again.
//   AIM_COLLECT_ANSWERS=/tmp/answers.jsonl npx vitest run test/control-plane && node scripts/openapi-answers.ts /tmp/answers.jsonl

import { createReadStream, readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { routes } from '../src/control-plane/routes/table.ts';
import { merged, type Shape } from '../test/control-plane/support/shape.ts';

type Answers = Record<string, Record<string, Record<string, Shape>>>;
const file = fileURLToPath(new URL('../src/control-plane/operation/answers.json', import.meta.url));
const notes = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const answers: Answers = process.argv.includes('--anew') ? {} : (JSON.parse(readFileSync(file, 'utf8')) as Answers);

for (const path of notes)
  for await (const line of createInterface({ input: createReadStream(path) })) {
    const { name, status, mediaType, schema } = JSON.parse(line) as {
      name: string;
      status: number;
      mediaType: string;
      schema: Shape;
    };
    answers[name] ??= {};
    answers[name][status] ??= {};
    const known = answers[name][status][mediaType];
    answers[name][status][mediaType] = known === undefined ? schema : merged(known, schema);
  }

const served = new Set(routes.map(({ method, path }) => `${method} ${path}`));
const lines = Object.entries(answers)
  .filter(([name]) => served.has(name))
  .toSorted(([left], [right]) => (left < right ? -1 : 1))
  .map(([name, statuses]) => `${JSON.stringify(name)}: ${JSON.stringify(statuses)}`);
writeFileSync(file, `{\n${lines.join(',\n')}\n}\n`);
console.log(
  `${lines.length} of ${served.size} routes; without: ${[...served].filter((name) => !(name in answers)).join(', ') || 'none'}`,
);
