// Several servers asked at once, after one question that shows every command; and what servers said before, from files.

import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { AIMError, ExitCode, PolicyError, UsageError } from '../../src/errors.ts';
import { inspectAll } from '../../src/mcp/inspect-all.ts';
import { effectiveSighting, launchOf } from '../../src/mcp/launch.ts';
import type { DetectedServer, Inspection } from '../../src/mcp/record.ts';
import { readInspection } from '../../src/mcp/saved-inspection.ts';
import { asUntrusted, ours } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import type { ActionContext } from '../action.ts';
import { ask } from '../ask-line.ts';
import { cellsText } from '../output/cell.ts';
import type { Cell } from '../output/view.ts';
import type { InspectFlags } from './options.ts';
import { launchLines } from './target.ts';

/** @throws PolicyError exit 3 when the answer is no, or nobody can answer. */
export async function askServers(
  context: ActionContext,
  servers: readonly DetectedServer[],
  { timeout, sandbox, image, trustProject }: InspectFlags,
): Promise<Map<string, Inspection>> {
  const { io, signal } = context;
  const asked: DetectedServer[] = [];
  const lines: (readonly Cell[])[] = [];
  for (const server of servers) {
    // What only a process or package shows, nobody knows how to start.
    if (server.sightings.length === 0) continue;
    const sighting = effectiveSighting(server);
    if (sighting.disabled) continue;
    if (sighting.scope === 'project' && !trustProject) {
      io.note(`${visible(server.name)} is named by a file of the project and was left alone (--trust-project)`);
      continue;
    }
    try {
      const { launch, missing } = await launchOf(server, io.env);
      lines.push(
        [server.name, ours(':')],
        ...launchLines({ launch, missing, server, isProject: sighting.scope === 'project' }),
      );
      asked.push(server);
    } catch (error) {
      if (!(error instanceof AIMError)) throw error;
      io.note(visible(error.message));
    }
  }
  if (asked.length === 0) return new Map();
  await agree(context, lines, asked.length === 1 ? 'this server' : `these ${asked.length} servers`);
  const found = await inspectAll(asked, { timeoutMs: timeout * 1_000, sandbox, image, trustProject, env: io.env, signal });
  const said = new Map<string, Inspection>();
  for (const [server, result] of found) {
    if (result.kind === 'said') said.set(server.key, result.inspection);
    for (const problem of result.kind === 'said' ? result.inspection.problems : [result.message])
      io.note(`${visible(server.name)}: ${visible(problem)}`);
  }
  return said;
}

export async function agree({ io, signal }: ActionContext, lines: readonly (readonly Cell[])[], what: string): Promise<void> {
  if (io.agreed) return;
  const refused = (message: string): PolicyError =>
    new PolicyError('mcp.not-agreed', { message, next: 'Add --yes to agree beforehand', exitCode: ExitCode.Cancelled });
  if (!io.mayAsk) throw refused(`Starting ${what} needs somebody who agrees, and nobody can answer here.`);
  io.stderr.write(`${lines.map(cellsText).join('\n')}\n`);
  if ((await ask('Type inspect to go on: ', io, signal)).trim() !== 'inspect') throw refused('Nothing was started.');
}

/** By key, with the servers that no client here has: their name is all that is known of them. */
export async function inspectionFiles(
  servers: readonly DetectedServer[],
  given: readonly string[],
  cwd: string,
): Promise<Map<string, Inspection> & { strangers: DetectedServer[] }> {
  const found = Object.assign(new Map<string, Inspection>(), { strangers: [] as DetectedServer[] });
  for (const pair of given) {
    const at = pair.indexOf('=');
    const [name, file] = at === -1 ? ['', pair] : [pair.slice(0, at), pair.slice(at + 1)];
    const path = resolve(cwd, file);
    const text = await readFile(path, 'utf8').catch(() => {
      throw new UsageError('mcp.inspection-missing', { message: `${path} cannot be read.`, field: 'from' });
    });
    const inspection = readInspection(text, path);
    const known = servers.find((server) => server.name === name || server.key === name);
    const server = known ?? stranger(name || (inspection.serverName ?? path));
    if (known === undefined) found.strangers.push(server);
    found.set(server.key, inspection);
  }
  return found;
}

const stranger = (name: string): DetectedServer => ({
  key: `file:${name}`,
  name: asUntrusted(name),
  transport: 'unknown',
  command: null,
  args: [],
  cwd: null,
  url: null,
  environment: [],
  headers: [],
  // All that came from files count as the set of one client.
  sightings: [
    {
      client: 'files',
      scope: 'user',
      configPath: name,
      pointer: '',
      disabled: false,
      autoApproved: [],
      tools: { allow: null, deny: null },
      fileMode: null,
      modifiedAt: null,
      wins: true,
    },
  ],
  evidence: [],
});
