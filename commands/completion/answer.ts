// `aim __complete -- WORDS`: what the scripts of the shells call at each key press. Silent whatever goes wrong.

import { spawn } from 'node:child_process';
import { loadSettings } from '../../src/settings/load-settings.ts';
import type { Settings } from '../../src/settings/settings.ts';
import type { Candidate } from '../action.ts';
import { buildFile, programFile } from '../program.ts';
import { readLive, readTree, writeLive, writeTree } from './cache.ts';
import { candidatesFor, type Live } from './candidates.ts';
import type { Tree } from './tree.ts';

/** Writes one candidate a line, `value` TAB `summary`; `:files` asks the shell for file names. */
export async function answerCompletion(argv: readonly string[]): Promise<void> {
  try {
    const settings = loadSettings({ env: process.env, cwd: process.cwd() });
    if (argv[0] === '--refresh') return await refresh(settings);
    const words = argv[0] === '--' ? argv.slice(1) : argv;
    const program = buildFile();
    const tree = readTree(settings.paths, program) ?? (await makeTree(settings, program));
    const { live, isOld } = readLive(settings.paths, settings.get('server'));
    const found = candidatesFor(words, tree, { ...live, profiles: profilesOf(settings) });
    process.stdout.write(found === 'files' ? ':files\n' : found.filter(isSafe).map(line).join(''));
    if (isOld) startRefresh();
  } catch {
    // A shell that is completing has no place for an error.
  }
}

// A name that a shell might act on when it is inserted, or a terminal when it is listed, is not offered.
const isSafe = ({ value }: Candidate) => /^[\w@%+=:,./-]+$/.test(value);
const line = ({ value, summary = '' }: Candidate) =>
  `${value}\t${summary.replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, '?').slice(0, 80)}\n`;

async function makeTree(settings: Settings, program: string): Promise<Tree> {
  const [{ registry }, { verbGroups }, { buildTree }] = await Promise.all([
    import('../registry.ts'),
    import('../verbs.ts'),
    import('./tree.ts'),
  ]);
  const tree = await buildTree(registry, verbGroups);
  writeTree(settings.paths, program, tree);
  return tree;
}

const profilesOf = (settings: Settings): Candidate[] => [{ value: settings.get('profile') }];

// The next key press finds newer values; this one does not wait for them.
function startRefresh(): void {
  if (process.env['AIM_COMPLETION_REFRESH'] === 'no') return;
  spawn(process.execPath, [programFile('aim'), '__complete', '--refresh'], { detached: true, stdio: 'ignore' }).unref();
}

async function refresh(settings: Settings): Promise<void> {
  const { chooseServer, connect } = await import('../connection.ts');
  const io = { env: process.env, note: () => {} };
  const target = await chooseServer(settings, io.env);
  if (target.kind === 'embedded') {
    const { findEndpoint } = await import('../embedded/endpoint.ts');
    // Completing a word must not start a server.
    if ((await findEndpoint(settings.paths.data)) === null) return writeLive(settings.paths, settings.get('server'), {});
  }
  const signal = AbortSignal.timeout(10_000);
  const { api, close } = await connect({ settings, io, signal });
  const [agents, approvals] = await Promise.all([
    api.agents
      .list({ limit: 100, signal })
      .then(({ items }) => items.map(({ name, status }): Candidate => ({ value: name, summary: status }))),
    api.approvals.list({ limit: 100, signal }).then(
      ({ items }) =>
        items.map(
          ({ id, agentName, capability }): Candidate => ({ value: id, summary: `${agentName ?? ''} ${capability ?? ''}` }),
        ),
      () => [],
    ),
  ]);
  const live: Live = { agents, approvals };
  writeLive(settings.paths, settings.get('server'), live);
  await close();
}
