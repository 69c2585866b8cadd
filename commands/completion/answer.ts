// `aim __complete -- WORDS`: what the scripts of the shells call at each key press. Silent whatever goes wrong.

import { spawn } from 'node:child_process';
import { AuthenticationError, PolicyError } from '../../src/errors.ts';
import { readUserFile } from '../../src/settings/files.ts';
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
    const words = argv[0] === '--' || argv[0] === '--refresh' ? argv.slice(1) : argv;
    const chosen = chosenServer(words);
    const settings = loadSettings({ flags: chosen, env: process.env, cwd: process.cwd() });
    if (argv[0] === '--refresh') return await refresh(settings);
    const program = buildFile();
    const tree = readTree(settings.paths, program) ?? (await makeTree(settings, program));
    const { live, isOld } = readLive(settings.paths, whose(settings));
    const found = candidatesFor(words, tree, { ...live, profiles: profilesOf(settings) });
    process.stdout.write(found === 'files' ? ':files\n' : found.filter(isSafe).map(line).join(''));
    if (isOld) startRefresh(chosen);
  } catch {
    // A shell that is completing has no place for an error.
  }
}

type Chosen = { server?: string | undefined; profile?: string | undefined };

/** Names of the server that the line itself says: those of another are of no use there. */
function chosenServer(words: readonly string[]): Chosen {
  const end = words.indexOf('--');
  const before = words.slice(0, end === -1 ? -1 : end);
  const said = (flag: string) => {
    const at = before.findLastIndex((word) => word === flag || word.startsWith(`${flag}=`));
    const word = before[at];
    return word === undefined ? undefined : word === flag ? before[at + 1] : word.slice(flag.length + 1);
  };
  return { server: said('--server'), profile: said('--profile') };
}

/** Two accounts may see different things on one server. */
const whose = (settings: Settings): string => `${settings.get('server') ?? ''}\n${settings.get('account') ?? ''}`;

// A name that a shell might act on when it is inserted, or a terminal when it is listed, is not offered.
const isSafe = ({ value }: Candidate) => /^[\p{L}\p{M}\p{N}_@%+=:,./-]+$/u.test(value);
// Nor is one that the program would take for an option, or zsh for the name of a command.
const isName = ({ value }: Candidate) => /^[\p{L}\p{N}_]/u.test(value);
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

const profilesOf = ({ paths }: Settings): Candidate[] =>
  ['default', ...Object.keys(readUserFile(paths, []).profiles)].map((value) => ({ value }));

// The next key press finds newer values; this one does not wait for them.
function startRefresh({ server, profile }: Chosen): void {
  if (process.env['AIM_COMPLETION_REFRESH'] === 'no') return;
  const chosen = [
    ...(server === undefined ? [] : ['--server', server]),
    ...(profile === undefined ? [] : ['--profile', profile]),
  ];
  // The last word is the one that is typed, and there is none.
  const args = [programFile('aim'), '__complete', '--refresh', ...chosen, ''];
  spawn(process.execPath, args, { detached: true, stdio: 'ignore' }).unref();
}

async function refresh(settings: Settings): Promise<void> {
  try {
    writeLive(settings.paths, whose(settings), await askForNames(settings));
  } catch (error) {
    // Who has signed out, or may no longer see them, is not shown them either. Where the server is away they stay.
    if (error instanceof AuthenticationError || error instanceof PolicyError) writeLive(settings.paths, whose(settings), {});
  }
}

const LONGEST = 10_000;

async function askForNames(settings: Settings): Promise<Live> {
  const { chooseServer, connect } = await import('../connection.ts');
  const io = { env: process.env, note: () => {} };
  const target = await chooseServer(settings, io.env);
  if (target.kind === 'embedded') {
    const { findEndpoint } = await import('../embedded/endpoint.ts');
    // Completing a word must not start a server.
    if ((await findEndpoint(settings.paths.data)) === null) return {};
  }
  const signal = AbortSignal.timeout(20_000);
  const { api, close } = await connect({ settings, io, signal, target });
  const agents: Candidate[] = [];
  for (let cursor: string | undefined, more = true; more; more = cursor !== undefined && agents.length < LONGEST) {
    const page = await api.agents.list({ limit: 100, cursor, signal });
    for (const { name, status } of page.items) agents.push({ value: name, summary: status });
    cursor = page.nextCursor ?? undefined;
  }
  const approvals = await api.approvals.list({ limit: 100, signal }).then(
    ({ items }) =>
      items.map(
        ({ id, agentName, capability }): Candidate => ({ value: id, summary: `${agentName ?? ''} ${capability ?? ''}` }),
      ),
    () => [],
  );
  await close();
  return { agents: agents.filter(isName).filter(isSafe), approvals: approvals.filter(isName) };
}
