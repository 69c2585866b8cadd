// `aim events`: what agents did and asked for, as it happens and as it was.

import { z } from 'zod';
import { outcomeOf, type StreamType, streamSubjects, type VerificationEvent } from '../../src/wire/event.ts';
import { verificationId } from '../../src/wire/scalars.ts';
import { type Action, type Argument, defineAction } from '../action.ts';
import { filterOf } from '../filter-of.ts';
import { list, listOptions } from '../lists.ts';
import { streamOptions } from '../stream-options.ts';
import { type TailRecord, tailEvents } from './tail.ts';
import { tailView } from './tail-view.ts';
import { eventRecord, eventTable, statisticsRecord } from './views.ts';

const agentOption = {
  summary: 'Only those of this agent, by name or id',
  value: 'AGENT',
  schema: z.string().min(1).optional(),
} as const;
const { since, until } = streamOptions;

const ls = defineAction({
  id: 'events.ls',
  summary: 'List what happened, newest first',
  examples: [
    { command: 'events ls --since 1h', summary: 'The last hour' },
    { command: 'events ls --agent billing-bot --filter outcome:denied', summary: 'What one agent was denied' },
  ],
  args: {},
  options: { agent: agentOption, since, until, ...listOptions },
  run: async ({ api, signal }, _, { agent, since, until, ...options }) => {
    const agentId = agent === undefined ? undefined : (await api.agents.find(agent, { signal })).id;
    return list(
      (page) => api.events.list({ ...page, agentId, since, until, signal }),
      options,
      (event) => ({ outcome: outcomeOf(event) }),
    );
  },
  view: eventTable,
});

const event: Argument<VerificationEvent> & { subject: 'event' } = {
  summary: 'The event, by its id',
  subject: 'event',
  listedBy: ['events.ls'],
  parse: (text, { api, signal }) => api.events.get(verificationId.parse(text.trim()), { signal }),
};

const show = defineAction({
  id: 'events.show',
  summary: 'Show one event',
  examples: [{ command: 'events show 6f1c…', summary: 'Everything that is kept of it' }],
  args: { event },
  options: {},
  run: async (_, args) => args.event,
  view: eventRecord,
});

const tail = defineAction({
  id: 'events.tail',
  summary: 'Print events as they happen',
  description:
    'With --json each line is one object. What was missed while the link was down is a line too, of type gap. Interrupt with Ctrl-C.',
  examples: [
    { command: 'events tail', summary: 'Watch' },
    { command: 'events tail --json --since 1h | jq .subject.agentName', summary: 'The last hour and then live, for a program' },
    { command: 'events tail --exit-on "outcome:denied"', summary: 'Wait for the first denial' },
  ],
  args: {},
  options: {
    agent: agentOption,
    type: {
      summary: 'Of this type; give it again for more (default verification), or all',
      schema: z.array(z.enum([...(Object.keys(streamSubjects) as [StreamType]), 'all'])).default(['verification']),
      value: 'TYPE',
      repeatable: true,
    },
    backlog: {
      summary: 'Begin with so many of the latest (default 10)',
      value: 'N',
      schema: z.coerce.number().int().min(0).max(1000).default(10),
    },
    ...streamOptions,
  },
  async *stream({ api, signal, io }, _, options): AsyncGenerator<TailRecord> {
    const mixed = options.type.length > 1 || options.type.includes('all');
    const fits = filterOf(options.filter, { mixed });
    const isLast = filterOf(options.exitOn, { mixed });
    const agentId = options.agent === undefined ? undefined : (await api.agents.find(options.agent, { signal })).id;
    const types = options.type.includes('all') ? undefined : (options.type as StreamType[]);
    let left = options.limit ?? Number.POSITIVE_INFINITY;
    for await (const record of tailEvents(api, { ...options, types, agentId, signal })) {
      if (record.type === 'link' && !options.link) {
        if (!io.json && ['reconnecting', 'offline', 'polling'].includes(record.link.state))
          io.note(`aim: ${record.link.state}`);
        continue;
      }
      const isEvent = record.type !== 'link' && record.type !== 'gap';
      if (isEvent && fits !== null && !fits(searchable(record))) continue;
      yield record;
      if (!isEvent) continue;
      left--;
      if (left <= 0 || isLast?.(searchable(record))) return;
    }
  },
  line: tailView,
});

/** What a filter looks at. */
const searchable = (record: Exclude<TailRecord, { type: 'gap' | 'link' }>) => ({
  ...record.subject,
  ...(record.type === 'verification' && { outcome: outcomeOf(record.subject) }),
  type: record.type,
  change: record.change,
});

const stats = defineAction({
  id: 'events.stats',
  summary: 'Count what happened',
  examples: [{ command: 'events stats --period 7d', summary: 'Of the last week' }],
  args: {},
  options: { period: { summary: 'Over this time', schema: z.enum(['24h', '7d', '30d']).default('24h') } },
  run: ({ api, signal }, _, { period }) => api.events.statistics(period, { signal }),
  view: statisticsRecord,
});

export const eventActions: readonly Action[] = [ls, show, tail, stats];
