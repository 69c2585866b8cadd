// `aim mcp watch`: each MCP server that comes, goes or changes in a configuration file, as it happens.

import { detectMcpServers } from '../../src/mcp/detect.ts';
import { launchLine } from '../../src/mcp/overview.ts';
import type { DetectedServer, DetectOptions } from '../../src/mcp/record.ts';
import { detectOptionsFor } from '../../src/mcp/surroundings.ts';
import { watchPlaces } from '../../src/mcp/watch.ts';
import { asUntrusted } from '../../src/text/brand.ts';
import { defineAction } from '../action.ts';
import { ending, endingOptions } from '../ending.ts';
import type { View } from '../output/view.ts';
import { placeOptions } from './options.ts';

/** Files keep what they hold, not what they held. */
export const withoutPast = {
  cursor: { because: 'files have no positions to go on from', instead: 'It begins with what is there now.' },
  since: { because: 'files do not say what they held before', instead: 'It begins with what is there now.' },
} as const;

export type ServerChange = { at: string; change: 'present' | 'added' | 'removed' | 'changed'; server: DetectedServer };

export const watchServers = defineAction({
  id: 'mcp.watch',
  summary: 'Show MCP servers as they come, go and change in configuration files',
  description: 'First every server that is there, then each change. Nothing is started.',
  examples: [
    { command: 'mcp watch --json', summary: 'One object a line, for a program' },
    { command: 'mcp watch --exit-on change:added', summary: 'Wait until a server comes' },
  ],
  args: {},
  options: { ...placeOptions, ...endingOptions },
  needs: 'none',
  stream: ({ settings, io, signal }, _, { limit, exitOn, follow, until: _until, ...place }) => {
    const options = () => detectOptionsFor({ paths: settings.paths, env: io.env, cwd: io.cwd, ...place });
    return ending(follow ? serverChanges(options, signal) : serversNow(options), { limit, exitOn });
  },
  without: withoutPast,
  line: {
    kind: 'record',
    fields: [
      { key: 'at', title: 'At', value: ({ at }) => asUntrusted(at), format: 'time' },
      { key: 'change', title: 'Change', value: ({ change }) => asUntrusted(change) },
      { key: 'name', title: 'Server', value: ({ server }) => server.name },
      {
        key: 'clients',
        title: 'Clients',
        value: ({ server }) =>
          asUntrusted(server.sightings.map(({ client, disabled }) => `${client}${disabled ? ' off' : ''}`).join(', ')),
      },
      { key: 'launch', title: 'Starts', value: ({ server }) => launchLine(server) },
    ],
  } satisfies View<ServerChange>,
});

async function* serversNow(options: () => DetectOptions): AsyncGenerator<ServerChange> {
  const at = new Date().toISOString();
  for (const server of (await detectMcpServers(options())).servers) yield { at, change: 'present', server };
}

/** First every server that is there, then each change, until the signal. */
export async function* serverChanges(options: () => DetectOptions, signal: AbortSignal): AsyncGenerator<ServerChange> {
  let wake = (): void => {};
  let isDue = true;
  await watchPlaces({
    options,
    signal,
    keepsAlive: true,
    changed() {
      isDue = true;
      wake();
    },
  });
  signal.addEventListener('abort', () => wake());
  let before: Map<string, DetectedServer> | null = null;
  while (!signal.aborted) {
    if (!isDue) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      continue;
    }
    isDue = false;
    const now = new Map((await detectMcpServers(options())).servers.map((server) => [server.key, server]));
    const at = new Date().toISOString();
    for (const [key, server] of now) {
      const old = before?.get(key);
      if (before === null) yield { at, change: 'present', server };
      else if (old === undefined) yield { at, change: 'added', server };
      else if (without(old) !== without(server)) yield { at, change: 'changed', server };
    }
    for (const [key, server] of before ?? []) if (!now.has(key)) yield { at, change: 'removed', server };
    before = now;
  }
}

// A file that was written again with the same words is no change.
const without = (server: DetectedServer): string =>
  JSON.stringify(server, (key, value: unknown) => (key === 'modifiedAt' ? undefined : value));
