// Runs the demo: plants its workspace, starts the agents, lets them in as an operator would, and passes on what they say.

import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { AIMError, UsageError } from '../../src/errors.ts';
import type { Api } from '../../src/http/api.ts';
import { asUntrusted, type Untrusted } from '../../src/text/brand.ts';
import { agentId } from '../../src/wire/scalars.ts';
import type { ActionContext } from '../action.ts';
import { programFile } from '../program.ts';
import { type DemoFolders, plantDemo } from './plant.ts';
import { startOrderService } from './service.ts';

export type DemoLine = { agent: string | null; outcome: Outcome; text: Untrusted };
type Outcome = (typeof outcomes)[number];
const outcomes = ['started', 'asks', 'did', 'denied', 'failed', 'stopped'] as const;

const agents = [
  { program: 'demo/files', name: 'demo-scribe', grants: ['file:read', 'file:write', 'git:commit'] },
  { program: 'demo/database', name: 'demo-bookkeeper', grants: ['db:read', 'api:call'] },
  { program: 'demo/mcp', name: 'demo-librarian', grants: ['mcp:resource_read', 'mcp:tool_use'] },
] as const;

/** What an agent's process says over its channel. */
const agentMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('registered'), agentId }),
  z.object({ kind: z.literal('line'), outcome: z.enum(outcomes), text: z.string() }),
]);

/** Runs until `context.signal` aborts; then every process of the demo has ended. */
export async function* runDemo(context: ActionContext): AsyncIterable<DemoLine> {
  const { api, settings, signal } = context;
  const lines = new LineQueue();
  const folders = plantDemo(join(settings.paths.state, 'demo'));
  const service = await startOrderService();
  const key = await makeKey(api);
  const children = agents.map((agent) =>
    startAgent({ ...agent, api, folders, key: key.secret, serviceUrl: service.url, env: context.io.env, lines }),
  );
  const stop = () => lines.end();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  lines.push({ agent: null, outcome: 'started', text: asUntrusted(`Workspace: ${folders.workspace}`) });
  try {
    yield* lines;
  } finally {
    await Promise.all(children.map(stopAgent));
    await service.stop();
    await key.disable();
  }
}

type AgentStart = {
  program: string;
  name: string;
  grants: readonly string[];
  api: Api;
  folders: DemoFolders;
  key: string;
  serviceUrl: string;
  env: ActionContext['io']['env'];
  lines: LineQueue;
};

function startAgent({ program, name, grants, api, folders, key, serviceUrl, env, lines }: AgentStart): ChildProcess {
  mkdirSync(folders.home, { recursive: true, mode: 0o700 });
  const child = fork(programFile(program), [], {
    cwd: folders.workspace,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: {
      PATH: env['PATH'],
      HOME: folders.home,
      USERPROFILE: folders.home,
      AIM_URL: api.server,
      AIM_API_KEY: key,
      AIM_SECURITY_LOG_FILE: folders.securityLog,
      AIM_DEMO_WORKSPACE: folders.workspace,
      AIM_DEMO_SERVICE: serviceUrl,
      AIM_DEMO_PACE: env['AIM_DEMO_PACE'],
    },
  });
  const say = (outcome: Outcome, text: string) => lines.push({ agent: name, outcome, text: asUntrusted(text) });
  let complaint = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(-2000);
  });
  child.on('message', (message) => {
    const said = agentMessage.safeParse(message);
    if (!said.success) return;
    if (said.data.kind === 'line') return say(said.data.outcome, said.data.text);
    letIn(api, said.data.agentId, grants).then(
      () => child.connected && child.send({ kind: 'go' }),
      (error: unknown) => say('failed', error instanceof AIMError ? error.message : String(error)),
    );
  });
  child.on('exit', (code) => {
    if (code) say('failed', complaint.trim() || `Ended with exit code ${code}.`);
    else say('stopped', 'Ended.');
  });
  return child;
}

/** What an operator does with a new agent that they trust: verify it, and grant what it may do without asking. */
async function letIn(api: Api, id: z.infer<typeof agentId>, grants: readonly string[]): Promise<void> {
  const agent = await api.agents.get(id);
  if (agent.status === 'pending') await api.agents.verify(id);
  const held = new Set<string>(agent.capabilities);
  for (const capabilityType of grants) {
    if (!held.has(capabilityType)) await api.raw('POST', `/api/v1/agents/${id}/capabilities`, { body: { capabilityType } });
  }
}

/** A key that can register agents, for as long as the demo runs. */
async function makeKey(api: Api): Promise<{ secret: string; disable(): Promise<void> }> {
  const expiresAt = new Date(Date.now() + 24 * 3600_000).toISOString();
  const { body } = await api.raw('POST', '/api/v1/api-keys', { body: { name: 'demo', expiresAt } });
  const key = z.object({ id: z.string(), apiKey: z.string() }).safeParse(body);
  if (!key.success)
    throw new UsageError('demo.no-key', {
      message: 'The server gave no API key to the demo.',
      next: 'Run the demo on the embedded control plane: aim demo without --server.',
    });
  return {
    secret: key.data.apiKey,
    disable: async () => {
      // The server may be gone by now; the key ends by itself within a day.
      await api
        .raw('PATCH', `/api/v1/api-keys/${key.data.id}/disable`, { signal: AbortSignal.timeout(1000) })
        .catch(() => undefined);
    },
  };
}

/** An agent that is told to stop reports what it was doing and ends; one that does not is ended. */
function stopAgent(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const patience = setTimeout(() => child.kill('SIGKILL'), 2000);
    child.once('exit', () => {
      clearTimeout(patience);
      resolve();
    });
    if (child.connected) child.disconnect();
    else child.kill();
  });
}

/** Lines from several processes as one sequence. */
class LineQueue implements AsyncIterable<DemoLine> {
  private readonly waiting: DemoLine[] = [];
  private ended = false;
  private wake: () => void = () => {};

  push(line: DemoLine): void {
    this.waiting.push(line);
    this.wake();
  }

  end(): void {
    this.ended = true;
    this.wake();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<DemoLine> {
    while (!this.ended) {
      const line = this.waiting.shift();
      if (line) yield line;
      else
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
    }
    yield* this.waiting;
  }
}
