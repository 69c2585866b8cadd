// Finds every MCP server that the clients on a machine are configured with. Reads files, starts nothing, asks no network.

import { randomBytes } from 'node:crypto';
import { homedir } from 'node:os';
import { asUntrusted } from '../text/brand.ts';
import { correlate, type Found } from './correlate.ts';
import { entriesIn } from './entries.ts';
import { homesOf } from './homes.ts';
import { parseConfig } from './parse.ts';
import { type Candidate, candidatesIn, projectFolders, withFolder } from './places.ts';
import { applyPolicies, type Policy, policiesIn } from './policies.ts';
import { readConfigFile } from './read-file.ts';
import type { Detection, DetectionProblem, DetectOptions } from './record.ts';

/**
 * Reads the configuration of every client of `clients.ts` in a home and in the projects above `cwd`.
 * A file that cannot be read is a problem in the answer, never an error. @throws only the signal's reason.
 */
export async function detectMcpServers(options: DetectOptions = {}): Promise<Detection> {
  const homes = await homesOf(options);
  // Another's home is no project, although one may stand in it; what stands in the own one is first of all the user's.
  const notProjects = new Set([homedir(), ...homes.map(({ path }) => path)].filter((path) => path !== homes[0]?.path));
  const projects = projectFolders(options.cwd ?? process.cwd()).filter((folder) => !notProjects.has(folder));
  const candidates = withFolder(homes.flatMap((home) => candidatesIn(home, home.label === null ? projects : [])));
  const files = byFile(candidates);

  const found: Found[] = [];
  const policies: Policy[] = [];
  const problems: DetectionProblem[] = [];
  const seen = new Set<string>();
  let filesRead = 0;
  let filesDone = 0;

  async function look([path, readers]: [string, Candidate[]]): Promise<void> {
    options.signal?.throwIfAborted();
    const file = await readConfigFile(path);
    filesDone += 1;
    options.onProgress?.({ done: filesDone, total: files.length });
    if (file.kind === 'missing') return;
    if (file.kind === 'problem') {
      problems.push({ path, line: null, column: null, message: asUntrusted(file.message) });
      return;
    }
    filesRead += 1;
    const { value, problem } = await parseConfig(path, file.text);
    if (problem !== null) problems.push({ path, ...problem, message: asUntrusted(problem.message) });
    for (const candidate of readers) {
      // Two names of one file (a link, a folder that is home and project at once) are one sighting.
      const once = `${candidate.client.id}\0${file.identity}`;
      if (seen.has(once)) continue;
      seen.add(once);
      const { entries, problems: wrong } = entriesIn(value, candidate.client, candidate.place);
      policies.push(...policiesIn(value, candidate));
      const mode = process.platform === 'win32' ? null : file.mode;
      for (const entry of entries) found.push({ entry, candidate, mode, modifiedAt: file.modifiedAt });
      if (candidate !== readers[0]) continue;
      for (const { pointer, message } of wrong) {
        problems.push({ path, line: null, column: null, message: asUntrusted(`${pointer}: ${message}`) });
      }
    }
  }

  await inBatches(files, look);
  const order = new Map(candidates.map((candidate, index) => [candidate, index]));
  found.sort((left, right) => (order.get(left.candidate) ?? 0) - (order.get(right.candidate) ?? 0));
  applyPolicies(found, policies, projects);
  problems.sort((left, right) => (left.path < right.path ? -1 : left.path > right.path ? 1 : 0));
  const servers = correlate(found, projects, options.salt ?? randomBytes(16).toString('hex'));
  const [home] = homes;
  if (options.evidence !== true || home === undefined) return { servers, problems, filesRead };
  const { addEvidence } = await import('./evidence.ts');
  return { servers: await addEvidence(servers, home.path, projects), problems, filesRead };
}

// `.mcp.json` is read by two clients: one read, two sightings.
function byFile(candidates: readonly Candidate[]): [string, Candidate[]][] {
  const files = new Map<string, Candidate[]>();
  for (const candidate of candidates) {
    const readers = files.get(candidate.path);
    if (readers === undefined) files.set(candidate.path, [candidate]);
    else readers.push(candidate);
  }
  return [...files];
}

// A few at a time: thousands of open files are refused, and one slow disk should not hold up the others.
async function inBatches<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const rest = items.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const item of rest) await work(item);
    }),
  );
}

const AT_ONCE = 16;
