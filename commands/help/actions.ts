// `aim help`: about the program, a topic, or a verb.

import { UsageError } from '../../src/errors.ts';
import { nearest } from '../../src/settings/nearest.ts';
import { asUntrusted } from '../../src/text/brand.ts';
import { type Action, defineAction } from '../action.ts';
import { findAction } from '../find-action.ts';
import { verbGroups } from '../verbs.ts';
import { helpFor, programHelp } from './help-text.ts';
import { topics } from './topics.ts';

const help = defineAction({
  id: 'help',
  summary: 'Explain a verb or a topic',
  examples: [
    { command: 'help exit-codes', summary: 'A topic' },
    { command: 'help approvals approve', summary: 'A verb, as its --help does' },
  ],
  args: {
    topic: {
      summary: 'A topic, or the words of a verb',
      optional: true,
      variadic: true,
      parse: (text: string) => text,
      complete: async () => Object.entries(topics).map(([value, { summary }]) => ({ value, summary })),
    },
  },
  options: {},
  needs: 'none',
  mendsSettings: true,
  commandLineOnly: true,
  run: async ({ io }, { topic }) => {
    const width = Math.min(io.stdout.columns ?? 100, 100);
    return { topic: topic.join(' '), text: await textFor(topic, width) };
  },
  view: {
    kind: 'text',
    lines: ({ text }) =>
      text
        .trimEnd()
        .split('\n')
        .map((row) => [asUntrusted(row)]),
  },
});

async function textFor(words: readonly string[], width: number): Promise<string> {
  const [first] = words;
  if (first === undefined)
    return `${programHelp(width)}\nTopics of aim help:\n${Object.entries(topics)
      .map(([name, { summary }]) => `  ${name.padEnd(14)}${summary}`)
      .join('\n')}\n`;
  const topic = Object.hasOwn(topics, first) ? topics[first] : undefined;
  if (topic !== undefined) return topic.text(width);
  if (Object.hasOwn(verbGroups, first)) return helpFor(await findAction(words), width);
  const meant = nearest(first, [...Object.keys(topics), ...Object.keys(verbGroups)]);
  throw new UsageError('help.unknown', {
    message: `There is no help about ${JSON.stringify(first)}.${meant === null ? '' : ` Did you mean ${meant}?`}`,
    next: `The topics are: ${Object.keys(topics).join(', ')}`,
  });
}

export const helpActions: readonly Action[] = [help];
