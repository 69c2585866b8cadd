// What `aim mcp inspect` is asked to look into: a server by name, an address, or a command behind `--`.

import { UsageError } from '../../src/errors.ts';
import { findServer } from '../../src/mcp/find-server.ts';
import { describeLaunch, effectiveSighting, type Launch, type LaunchDescription, launchOf } from '../../src/mcp/launch.ts';
import { overview } from '../../src/mcp/overview.ts';
import type { DetectedServer } from '../../src/mcp/record.ts';
import { asUntrusted } from '../../src/text/brand.ts';
import type { ActionContext, Argument } from '../action.ts';
import type { Cell } from '../output/view.ts';
import { detect } from './servers.ts';

/** One word of the target; a name comes with the server that it means and how it is started. */
export type TargetWord = { text: string; known: KnownTarget | null };
type KnownTarget = { server: DetectedServer; launch: Launch; missing: string[]; isProject: boolean };

export const targetArgument: Argument<TargetWord> & { subject: 'mcp-server'; variadic: true } = {
  summary: 'The name of a server, an address, or a command with its arguments behind --',
  subject: 'mcp-server',
  variadic: true,
  parse: async (text, context) => ({ text, known: await knownTarget(text, context) }),
  complete: async (partial, context) =>
    (await detect(context)).servers
      .filter(({ name }) => name.startsWith(partial))
      .map(({ name, sightings }) => ({ value: name, summary: sightings.map(({ client }) => client).join(', ') })),
};

const isAddress = (text: string): boolean => /^https?:\/\//i.test(text);
const isPlainName = (text: string): boolean => !text.startsWith('-') && !/^[./~]/.test(text);

async function knownTarget(text: string, context: ActionContext): Promise<KnownTarget | null> {
  if (isAddress(text) || !isPlainName(text)) return null;
  const { servers } = await detected(context);
  let server: DetectedServer | null;
  try {
    server = findServer(overview(servers, []), text).detected;
  } catch (error) {
    if (error instanceof UsageError && error.code === 'mcp.not-found') return null;
    throw error;
  }
  if (server === null) return null;
  const { launch, missing } = await launchOf(server, context.io.env);
  return { server, launch, missing, isProject: effectiveSighting(server).scope === 'project' };
}

// Each word of a command asks; one look at the machine is enough for all.
const looks = new WeakMap<AbortSignal, ReturnType<typeof detect>>();
function detected(context: ActionContext): ReturnType<typeof detect> {
  const known = looks.get(context.signal);
  if (known !== undefined) return known;
  const look = detect(context);
  looks.set(context.signal, look);
  return look;
}

export type Target = { launch: Launch; missing: string[]; server: DetectedServer | null; isProject: boolean };

/** @throws UsageError `mcp.not-found` where one word is neither a name, an address nor a path. */
export function targetOf(words: readonly TargetWord[]): Target {
  const [first, ...rest] = words;
  if (first === undefined) {
    throw new UsageError('argument.missing', {
      message: 'aim mcp inspect needs a server.',
      next: 'Give a name, an address, or a command: aim mcp inspect -- npx -y server@1.2.3',
    });
  }
  if (rest.length === 0 && first.known !== null) return first.known;
  if (rest.length === 0 && isAddress(first.text)) {
    return {
      launch: { kind: 'remote', url: first.text, headers: {}, prefers: 'http' },
      missing: [],
      server: null,
      isProject: false,
    };
  }
  if (rest.length === 0 && isPlainName(first.text)) findServer([], first.text);
  const launch: Launch = { kind: 'stdio', command: first.text, args: rest.map(({ text }) => text), cwd: null, env: {} };
  return { launch, missing: [], server: null, isProject: false };
}

/** What a person reads before it is started: the exact words, where, and which names it gets. */
export function launchLines(target: Target): readonly (readonly Cell[])[] {
  const { argv, url, cwd, names, missing }: LaunchDescription = describeLaunch(target.launch, target.missing);
  const lines: Cell[][] =
    url === null
      ? [
          ['This starts a program that somebody else wrote:' as Cell],
          ...argv.map((word, index): Cell[] => [index === 0 ? ('  runs  ' as Cell) : ('        ' as Cell), asUntrusted(word)]),
        ]
      : [['This sends requests to:' as Cell], ['  to    ' as Cell, asUntrusted(url)]];
  if (url === null) lines.push(['  in    ' as Cell, asUntrusted(cwd ?? 'a temporary folder')]);
  lines.push([
    (url === null ? '  env   ' : '  sends ') as Cell,
    asUntrusted(names.length === 0 ? 'nothing of yours' : names.join(', ')),
  ]);
  if (missing.length > 0) lines.push(['  unset ' as Cell, asUntrusted(missing.join(', '))]);
  if (target.isProject)
    lines.push(['It is named by a file of the project, which whoever wrote the project can change.' as Cell]);
  return lines;
}
