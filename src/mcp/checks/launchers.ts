// Launchers that fetch what they start: is it one exact thing, or whatever there is today?

export function launcherProblem(program: string, args: readonly string[]): { evidence: string; message: string } | null {
  const launched = launchedPackage(program, args);
  if (launched === null || launched.isPinned) return null;
  return { evidence: launched.text, message: `${program} starts ${launched.text}, of which there is another tomorrow.` };
}

export type LaunchedPackage = {
  kind: 'npm' | 'pypi' | 'oci' | 'git';
  /** As written: `@scope/name@1.2.3`. */
  text: string;
  name: string;
  version: string | null;
  isPinned: boolean;
};

/** What a launcher is asked to fetch and start; null where the command is no launcher. */
export function launchedPackage(program: string, args: readonly string[]): LaunchedPackage | null {
  if (program === 'npx' || program === 'bunx' || program === 'pnpx') return npm(firstOf(args, NPX_VALUES));
  if (program === 'npm' && /^(?:exec|x)$/.test(args[0] ?? '')) return npm(firstOf(args.slice(1), NPX_VALUES));
  if ((program === 'pnpm' || program === 'yarn') && args[0] === 'dlx') return npm(firstOf(args.slice(1), NPX_VALUES));
  if (program === 'bun' && args[0] === 'x') return npm(firstOf(args.slice(1), NPX_VALUES));
  if (program === 'deno') return deno(args);
  if (program === 'uvx') return pypi(fromOr(args));
  if (program === 'uv' && args[0] === 'tool' && args[1] === 'run') return pypi(fromOr(args.slice(2)));
  if (program === 'uv' && args[0] === 'run') return pypi(optionValue(args, '--with'));
  if (program === 'pipx' && args[0] === 'run') return pypi(optionValue(args, '--spec') ?? firstOf(args.slice(1), ['--python']));
  if (/^(?:docker|podman|nerdctl)$/.test(program)) return image(args);
  return null;
}

const NPX_VALUES = ['--registry', '--userconfig', '--cache', '--prefix', '-c', '--call', '--node-options'];

function npm(text: string | null): LaunchedPackage | null {
  if (text === null || /^[./~]/.test(text)) return null;
  if (/^(?:git\+|git:|github:|gitlab:|https?:)/.test(text)) return git(text);
  const at = text.indexOf('@', 1);
  const version = at === -1 ? null : text.slice(at + 1);
  return {
    kind: 'npm',
    text,
    name: at === -1 ? text : text.slice(0, at),
    version,
    isPinned: version !== null && /^v?\d+\.\d+\.\d+/.test(version),
  };
}

function pypi(text: string | null): LaunchedPackage | null {
  if (text === null || /^[./~]/.test(text)) return null;
  if (/^(?:git\+|https?:)/.test(text)) return git(text);
  const [, name = text, , operator, version = null] = /^([\w.-]+)(\[[^\]]*\])?(==|===|@)?(.*)$/.exec(text) ?? [];
  const exact = operator !== undefined && version !== null && EXACT.test(version);
  return { kind: 'pypi', text, name, version: version === '' ? null : version, isPinned: exact };
}

function deno(args: readonly string[]): LaunchedPackage | null {
  const target = args.find((argument) => /^(?:npm:|jsr:|https?:)/.test(argument));
  if (target === undefined) return null;
  if (/^https?:/.test(target))
    return { kind: 'git', text: target, name: target, version: null, isPinned: /@v?\d+\.\d+\.\d+/.test(target) };
  return npm(target.replace(/^(?:npm|jsr):\/?/, ''));
}

function git(text: string): LaunchedPackage {
  const commit = /[@#]([0-9a-f]{40})(?:$|[#&])/.exec(text)?.[1] ?? null;
  return { kind: 'git', text, name: text.replace(/[@#][^@#/]*$/, ''), version: commit, isPinned: commit !== null };
}

function image(args: readonly string[]): LaunchedPackage | null {
  const run = args.indexOf('run');
  if (run === -1) return null;
  const text = firstOf(args.slice(run + 1), RUN_VALUES);
  if (text === null) return null;
  const digest = /@(sha256:[0-9a-f]{64})$/.exec(text)?.[1] ?? null;
  const [, name = text, tag = null] = /^(.*?)(?::([\w.-]+))?(?:@.*)?$/.exec(text) ?? [];
  return { kind: 'oci', text, name, version: digest ?? tag, isPinned: digest !== null };
}

// The options of `docker run` that take their value as the next word.
const RUN_VALUES =
  '-e --env --env-file -v --volume --mount -p --publish --name --network --net -w --workdir -u --user --entrypoint -l --label --memory -m --cpus --add-host --cap-add --cap-drop --security-opt --platform --pull --tmpfs -h --hostname --ipc --pid --restart --gpus --device --dns --shm-size --ulimit --log-driver'.split(
    ' ',
  );

const fromOr = (args: readonly string[]): string | null =>
  optionValue(args, '--from') ?? firstOf(args, ['--python', '-p', '--with', '--index-url', '--default-index', '--index']);

function optionValue(args: readonly string[], option: string): string | null {
  const joined = args.find((argument) => argument.startsWith(`${option}=`));
  if (joined !== undefined) return joined.slice(option.length + 1);
  const at = args.indexOf(option);
  return at === -1 ? null : (args[at + 1] ?? null);
}

// npx takes the package from --package or -p where it is given.
function firstOf(args: readonly string[], withValue: readonly string[]): string | null {
  const named = withValue === NPX_VALUES ? (optionValue(args, '--package') ?? optionValue(args, '-p')) : null;
  if (named !== null) return named;
  for (let at = 0; at < args.length; at += 1) {
    const argument = args[at] ?? '';
    if (argument === '--') continue;
    if (!argument.startsWith('-')) return argument;
    if (withValue.includes(argument)) at += 1;
  }
  return null;
}

const EXACT = /^v?\d+(?:\.\d+){0,3}(?:[-.+]?[0-9A-Za-z]+(?:[.-][0-9A-Za-z]+)*)?$/;
