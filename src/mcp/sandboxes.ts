// Walls around a stranger's program: bubblewrap on Linux, or a container of Podman or Docker. What is given to it never reaches what builds the wall.

import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, delimiter, isAbsolute, join } from 'node:path';
import { UsageError } from '../errors.ts';
import type { LaunchStdio } from './launch.ts';
import type { Sandbox } from './sandbox-kinds.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** How a program is started behind a wall. */
export type Walled = {
  argv: string[];
  /** Of what builds the wall: a variable of the program's, like LD_PRELOAD, would else be at work outside of it. */
  env: Record<string, string>;
  /** Words for the third descriptor, each ended by a zero. */
  words: string[];
  /** Ends what is left of it, where it is no child of ours. */
  cleanUp: string[] | null;
};

type Inside = { launch: LaunchStdio; home: string; marker: string; given: Record<string, string>; image: string | undefined };

/** @throws UsageError `mcp.no-sandbox` where it is not to be had here. */
export async function requireSandbox(sandbox: Sandbox, env: Environment = process.env): Promise<void> {
  if (sandbox === 'none') return;
  const without = 'leave --sandbox out';
  if (sandbox === 'bwrap' && process.platform !== 'linux')
    throw missing('Bubblewrap is a program of Linux.', `Use a container: --sandbox podman or docker; or ${without}`);
  if (!isInstalled(sandbox, env))
    throw missing(`The program ${sandbox} is not there.`, `Install it (${PACKAGES[sandbox]}), or ${without}`);
  if (sandbox !== 'docker') return;
  const answers = await new Promise<boolean>((resolve) => {
    const options = { env: clientEnvironment(env), timeout: 10_000 };
    execFile('docker', ['version', '--format', '{{.Server.Version}}'], options, (error) => resolve(error === null));
  });
  if (!answers) throw missing('Docker is installed, and its daemon does not answer.', `Start it, or ${without}`);
}

const PACKAGES = { bwrap: 'the package bubblewrap', podman: 'the package podman', docker: 'docs.docker.com/engine/install' };

const missing = (message: string, next: string): UsageError => new UsageError('mcp.no-sandbox', { message, next });

function isInstalled(program: string, env: Environment): boolean {
  return (env['PATH'] ?? '').split(delimiter).some((folder) => {
    const path = join(folder, process.platform === 'win32' ? `${program}.exe` : program);
    try {
      accessSync(path, constants.X_OK);
      return statSync(path).isFile();
    } catch {
      return false;
    }
  });
}

/** The disk to read but for where secrets lie, its home to write, no processes but its own. */
export function behindBwrap({ launch: { command, args, cwd }, home, given }: Inside, env: Environment): Walled {
  const mounts = ['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc', '--tmpfs', '/tmp'];
  // What is started, and where it is to run, may lie below /tmp, which is empty in there.
  for (const path of new Set([command, ...args].flatMap(ownPartOfTmp))) mounts.push('--ro-bind', path, path);
  if (cwd !== null && existsSync(cwd)) mounts.push('--ro-bind', cwd, cwd);
  const homes = new Set([homedir(), env['HOME'] ?? homedir()]);
  for (const place of [...homes].flatMap((folder) => SECRET_PLACES.map((name) => join(folder, name)))) {
    const found = statSync(place, { throwIfNoEntry: false });
    if (found?.isDirectory()) mounts.push('--tmpfs', place);
    else if (found?.isFile()) mounts.push('--ro-bind', '/dev/null', place);
  }
  mounts.push('--bind', home, home);
  const ends = ['--die-with-parent', '--unshare-pid', '--unshare-ipc', '--unshare-uts', '--chdir', cwd ?? home];
  // By a descriptor, so that no list of processes shows the values.
  const words = Object.entries(given).flatMap(([name, value]) => ['--setenv', name, value]);
  const argv = ['bwrap', ...mounts, ...ends, '--args', '3', '--', command, ...args];
  return { argv, env: { PATH: env['PATH'] ?? '' }, words, cleanUp: null };
}

/** The folder right below /tmp that a word of the command line names something in: a program needs what lies beside it. */
function ownPartOfTmp(word: string): string[] {
  const path = /^\/tmp\/[^/]+/.exec(word)?.[0];
  return path !== undefined && !/\/\.\.?(?:\/|$)/.test(word) && existsSync(word) ? [path] : [];
}

const SECRET_PLACES = [
  '.ssh',
  '.aws',
  '.azure',
  '.gnupg',
  '.aim',
  '.kube',
  '.docker',
  '.password-store',
  '.config/gcloud',
  '.config/gh',
  '.config/op',
  '.local/share/keyrings',
  '.mozilla',
  '.config/google-chrome',
  '.config/chromium',
  '.netrc',
  '.git-credentials',
  '.npmrc',
  '.pypirc',
  '.bash_history',
  '.zsh_history',
  '.claude.json',
  '.codex',
  '.cursor',
];

/** Nothing of this disk but the folder it runs in, to read; no rights; what it writes is gone afterwards. @throws UsageError `mcp.no-image` */
export function behindContainer(runtime: 'podman' | 'docker', inside: Inside, env: Environment): Walled {
  const { launch, home, marker, given } = inside;
  const { command, args, cwd } = launch;
  const image = inside.image ?? imageFor(command);
  const name = `aim-inspection-${marker}`;
  const file = join(home, 'environment');
  // What such a file cannot hold is left out: values of several lines, and the paths of this machine.
  const pairs = Object.entries({ ...given, ...INSIDE }).filter(([key, value]) => /^\w+$/.test(key) && !/[\r\n]/.test(value));
  writeFileSync(file, pairs.map(([key, value]) => `${key}=${value}\n`).join(''), { mode: 0o600 });
  const folder = cwd !== null && existsSync(cwd) && !cwd.includes(',') ? cwd : null;
  const limits = ['--cap-drop=ALL', '--security-opt=no-new-privileges', '--pids-limit=512', '--read-only', '--tmpfs=/tmp'];
  const place =
    folder === null
      ? ['--workdir=/tmp']
      : [`--mount=type=bind,source=${folder},target=${folder},readonly`, `--workdir=${folder}`];
  const isOwn = folder !== null && command.startsWith(folder);
  const program = isAbsolute(command) && !isOwn ? basename(command) : command;
  return {
    argv: [
      runtime,
      'run',
      '--rm',
      '--interactive',
      `--name=${name}`,
      `--env-file=${file}`,
      ...limits,
      ...place,
      image,
      program,
      ...args,
    ],
    env: clientEnvironment(env),
    words: [],
    cleanUp: [runtime, 'rm', '--force', name],
  };
}

const INSIDE = { HOME: '/tmp', TMPDIR: '/tmp' };

/** A container knows nothing of the programs here, so that the launcher says which image has it. */
function imageFor(command: string): string {
  const program = basename(command)
    .toLowerCase()
    .replace(/\.(?:exe|cmd)$/, '');
  const image = IMAGES.find(([programs]) => programs.test(program))?.[1];
  if (image !== undefined) return image;
  throw new UsageError('mcp.no-image', {
    message: `It is not known which image has the program ${program}.`,
    next: 'Name one: --image NAME',
  });
}

const IMAGES: readonly (readonly [RegExp, string])[] = [
  [/^(?:node|npx|npm|pnpm|pnpx|yarn|corepack)$/, 'docker.io/library/node:lts-slim'],
  [/^(?:uvx?|python[\d.]*|pip|pipx)$/, 'ghcr.io/astral-sh/uv:python3.13-bookworm-slim'],
  [/^(?:bunx?)$/, 'docker.io/oven/bun:slim'],
  [/^deno$/, 'docker.io/denoland/deno:latest'],
];

// Where its images and its daemon are; the program inside sees nothing of it.
function clientEnvironment(env: Environment): Record<string, string> {
  const kept =
    /^(?:PATH|HOME|USERPROFILE|SYSTEMROOT|XDG_RUNTIME_DIR|XDG_CONFIG_HOME|XDG_DATA_HOME|DOCKER_\w+|CONTAINERS?_\w+|(?:https?|no)_proxy)$/i;
  return Object.fromEntries(
    Object.entries(env).filter((pair): pair is [string, string] => pair[1] !== undefined && kept.test(pair[0])),
  );
}
