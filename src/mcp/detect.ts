// Finds every MCP server that the clients on a machine are configured with. Reads files, starts nothing, asks no network.

import { randomBytes } from 'node:crypto';
import { homedir } from 'node:os';
import { asUntrusted } from '../text/brand.ts';
import { correlate, type Found } from './correlate.ts';
import { homesOf } from './homes.ts';
import { type Looked, lookAtFile } from './look-at-file.ts';
import { type Candidate, candidatesIn, projectFolders } from './places.ts';
import { applyPolicies, type Policy } from './policies.ts';
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
  const candidates = homes.flatMap((home) => candidatesIn(home, home.label === null ? projects : []));
  const files = byFile(candidates);

  const found: Found[] = [];
  const policies: Policy[] = [];
  const problems: DetectionProblem[] = [];
  const seen = new Set<string>();
  let filesRead = 0;

  function note(path: string, readers: readonly Candidate[], looked: Looked): void {
    if (looked.kind === 'missing') return;
    if (looked.kind === 'problem') {
      problems.push({ path, line: null, column: null, message: asUntrusted(looked.message) });
      return;
    }
    filesRead += 1;
    const { problem, modifiedAt, identity } = looked;
    const mode = process.platform === 'win32' ? null : looked.mode;
    if (problem !== null) problems.push({ path, ...problem, message: asUntrusted(problem.message) });
    for (const [index, candidate] of readers.entries()) {
      // Two names of one file (a link, a folder that is home and project at once) are one sighting.
      const once = `${candidate.client.id}\0${identity}`;
      const read = looked.reads[index];
      if (seen.has(once) || read === undefined) continue;
      seen.add(once);
      policies.push(...read.policies);
      for (const entry of read.entries) found.push({ entry, read: entry, candidate, mode, modifiedAt });
      if (index > 0) continue;
      for (const { pointer, message } of read.problems) {
        problems.push({ path, line: null, column: null, message: asUntrusted(`${pointer}: ${message}`) });
      }
    }
  }

  const looks = new Map<string, Looked>();
  const keep = (path: string, looked: Looked): void => {
    looks.set(path, looked);
    options.onProgress?.({ done: looks.size, total: files.length });
  };
  await inBatches(files, ([path, readers]) => {
    options.signal?.throwIfAborted();
    const looked = lookAtFile(path, readers);
    // Only what has to be read is waited for.
    if (looked instanceof Promise) return looked.then((read) => keep(path, read));
    keep(path, looked);
    return undefined;
  });
  // In the order of the table, so that of two names of one file the same one counts each time.
  for (const [path, readers] of files) note(path, readers, looks.get(path) ?? { kind: 'missing' });
  const order = new Map(candidates.map((candidate, index) => [candidate, index]));
  found.sort((left, right) => (order.get(left.candidate) ?? 0) - (order.get(right.candidate) ?? 0));
  applyPolicies(found, policies, projects);
  problems.sort((left, right) => (left.path < right.path ? -1 : left.path > right.path ? 1 : 0));
  const servers = correlate(found, projects, options.salt ?? saltOfThisRun);
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
async function inBatches<Item>(items: readonly Item[], work: (item: Item) => Promise<void> | undefined): Promise<void> {
  const rest = items.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const item of rest) {
        const working = work(item);
        if (working !== undefined) await working;
      }
    }),
  );
}

const saltOfThisRun = randomBytes(16).toString('hex');

const AT_ONCE = 16;
