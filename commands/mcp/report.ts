// `aim mcp report` and `keep-reporting`: what is configured on this machine, told to the control plane as what an agent can reach.

import { z } from 'zod';
import { refusal } from '../../src/http/refusal.ts';
import { detectMcpServers } from '../../src/mcp/detect.ts';
import { detectionEvents } from '../../src/mcp/detection-report.ts';
import type { DetectedServer } from '../../src/mcp/record.ts';
import { detectOptionsFor } from '../../src/mcp/surroundings.ts';
import { asUntrusted } from '../../src/text/brand.ts';
import { type Action, type ActionContext, defineAction } from '../action.ts';
import { ending, endingOptions } from '../ending.ts';
import type { View } from '../output/view.ts';
import { placeOptions } from './options.ts';
import { detect, noteProblems, type Place } from './servers.ts';
import { serverChanges, withoutPast } from './watch.ts';

type Reported = { agent: string; reported: number; answer: unknown };

const agentOption = { summary: 'The agent that they are reported for', value: 'NAME', schema: z.string() };

const fields: View<Reported> & { kind: 'record' } = {
  kind: 'record',
  fields: [
    { key: 'agent', title: 'Agent', value: ({ agent }) => asUntrusted(agent) },
    { key: 'reported', title: 'Servers', value: ({ reported }) => reported, format: 'number' },
    {
      key: 'message',
      title: 'Answer',
      value: ({ answer }) => asUntrusted(String(Reflect.get(Object(answer), 'message') ?? '')),
    },
  ],
};

const report = defineAction({
  id: 'mcp.report',
  summary: 'Report the MCP servers of this machine to the control plane, as what an agent can reach',
  description: 'With --watch it goes on as aim mcp keep-reporting does.',
  examples: [{ command: 'mcp report --agent librarian', summary: 'What is configured here' }],
  args: {},
  options: { agent: agentOption, ...placeOptions },
  needs: 'member',
  risk: 'change',
  run: async (context, _, { agent: reference, ...place }): Promise<Reported> => {
    const agent = await context.api.agents.find(reference, { signal: context.signal });
    const detection = await detect(context, place);
    noteProblems(context, detection);
    return send(context, agent, detection.servers);
  },
  view: fields,
});

const keepReporting = defineAction({
  id: 'mcp.keep-reporting',
  summary: 'Report the MCP servers of this machine to the control plane, now and with each change of a configuration file',
  examples: [{ command: 'mcp keep-reporting --agent librarian', summary: 'Until it is stopped' }],
  args: {},
  options: {
    agent: agentOption,
    ...endingOptions,
    limit: { ...endingOptions.limit, summary: 'End after so many reports' },
    follow: { ...endingOptions.follow, summary: 'End after the first report' },
    ...placeOptions,
  },
  needs: 'member',
  risk: 'change',
  stream: (context, _, { limit, exitOn, until: _until, ...options }) => ending(reports(context, options), { limit, exitOn }),
  without: withoutPast,
  line: fields,
});

type Reporting = { agent: string; follow: boolean } & Place;

async function* reports(context: ActionContext, { agent: reference, follow, ...place }: Reporting): AsyncGenerator<Reported> {
  const { api, settings, io, signal } = context;
  const agent = await api.agents.find(reference, { signal });
  const options = () => detectOptionsFor({ paths: settings.paths, env: io.env, cwd: io.cwd, ...place });
  const { servers } = await detectMcpServers({ ...options(), signal });
  yield await send(context, agent, servers);
  if (!follow) return;
  const told = new Set(servers.map(({ key }) => key));
  // What is gone is not reported: the control plane knows when it was last seen.
  for await (const { change, server } of serverChanges(options, signal))
    if (change !== 'removed' && (change !== 'present' || !told.has(server.key))) yield await send(context, agent, [server]);
}

export const reportActions: readonly Action[] = [report, keepReporting];

type Reporter = { id: string; name: string };

async function send({ api, signal }: ActionContext, agent: Reporter, servers: readonly DetectedServer[]): Promise<Reported> {
  const detections = detectionEvents(servers, new Date());
  if (detections.length === 0) return { agent: agent.name, reported: 0, answer: null };
  const path = `/api/v1/detection/agents/${encodeURIComponent(agent.id)}/report`;
  const answer = await api.raw('POST', path, { body: { detections }, signal });
  if (answer.status >= 300) throw refusal({ ...answer, subject: 'agents', server: api.server });
  return { agent: agent.name, reported: detections.length, answer: answer.body };
}
