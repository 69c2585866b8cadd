// What else speaks for a server than a configuration: it runs, its port listens, its package is installed. Each under its own label.

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { asUntrusted } from '../text/brand.ts';
import { launchedPackage } from './checks/launchers.ts';
import type { DetectedServer } from './record.ts';
import { listeningPorts, type RunningProcess, runningProcesses } from './running.ts';
import { withoutSecret, withoutSecrets } from './secrets.ts';

/** Adds evidence to servers that are known, and rows for those that only this evidence shows. Reads, starts nothing. */
export async function addEvidence(
  servers: readonly DetectedServer[],
  home: string,
  projects: readonly string[],
): Promise<DetectedServer[]> {
  const [processes, ports, packages] = await Promise.all([
    runningProcesses(home),
    listeningPorts(),
    installedPackages(home, projects),
  ]);
  const rows = servers.map((server) => ({ ...server, evidence: [...server.evidence] }));
  const claimed = new Set<RunningProcess>();
  for (const row of rows) {
    for (const process of processes) {
      if (!isOf(process, row)) continue;
      claimed.add(process);
      row.evidence.push({ method: 'process', confidence: 0.9, detail: asUntrusted(`process ${process.pid} runs it`) });
      for (const port of ports.filter(({ pid }) => pid === process.pid))
        row.evidence.push(portEvidence(port.address, port.port));
    }
    const url = row.url === null ? null : URL.parse(row.url);
    if (url !== null && /^(?:localhost|127\.|\[::1\])/.test(url.hostname)) {
      const port = ports.find((candidate) => candidate.port === Number(url.port || (url.protocol === 'https:' ? 443 : 80)));
      if (port !== undefined) row.evidence.push(portEvidence(port.address, port.port));
    }
    for (const found of packages) if (isPackageOf(found, row)) row.evidence.push(packageEvidence(found));
  }
  const running = processes.filter((process) => !claimed.has(process) && looksLikeServer(process.argv));
  const installed = packages.filter(
    (found) => !rows.some((row) => isPackageOf(found, row)) && !running.some(({ argv }) => argv.join(' ').includes(found.name)),
  );
  return [...rows, ...distinct(running.map(processRow)), ...distinct(installed.map(packageRow))];
}

type InstalledPackage = { kind: 'npm' | 'pypi'; name: string; version: string | null; where: string };

/** In manifests of the project, and where uv, pipx and npm keep what was installed for the user. */
async function installedPackages(home: string, projects: readonly string[]): Promise<InstalledPackage[]> {
  const found: InstalledPackage[] = [];
  for (const folder of projects) {
    const manifest = await json(join(folder, 'package.json'));
    for (const key of ['dependencies', 'devDependencies', 'optionalDependencies']) {
      for (const [name, version] of Object.entries(Object(manifest?.[key]) as Record<string, unknown>)) {
        if (NPM_SERVER.test(name))
          found.push({
            kind: 'npm',
            name,
            version: typeof version === 'string' ? version : null,
            where: join(folder, 'package.json'),
          });
      }
    }
    for (const file of ['pyproject.toml', 'requirements.txt']) {
      const text = await readFile(join(folder, file), 'utf8').catch(() => '');
      for (const [, name = '', version] of text.matchAll(
        /(?:^|["'\s])(mcp[-_]server[-_][\w-]+|[\w-]+[-_]mcp(?:[-_]server)?)\s*(?:[=~><!]=?\s*["']?([\w.]+))?/gm,
      )) {
        found.push({ kind: 'pypi', name, version: version ?? null, where: join(folder, file) });
      }
    }
  }
  for (const tools of [
    join(home, '.local', 'share', 'uv', 'tools'),
    join(home, '.local', 'share', 'pipx', 'venvs'),
    join(home, '.local', 'pipx', 'venvs'),
  ]) {
    for (const name of await readdir(tools).catch(() => []))
      if (PYPI_SERVER.test(name)) found.push({ kind: 'pypi', name, version: null, where: join(tools, name) });
  }
  return found;
}

const NPM_SERVER =
  /^(?:@modelcontextprotocol\/server-[\w-]+|(?:@[\w-]+\/)?(?:mcp-server(?:-[\w-]+)?|[\w-]+-mcp-server|server-[\w-]+-mcp|[\w-]+-mcp))$/;
const PYPI_SERVER = /^(?:mcp[-_]server[-_][\w-]+|[\w-]+[-_]mcp(?:[-_]server)?)$/;

function isPackageOf({ name }: InstalledPackage, { command, args }: DetectedServer): boolean {
  if (command === null) return false;
  const launched = launchedPackage(basename(command).toLowerCase(), args);
  return launched?.name === name || basename(command) === name || args.some((argument) => argument.includes(`/${name}/`));
}

// The program is the same, or a launcher has become the program that it launched; what follows is the same.
function isOf({ argv }: RunningProcess, { command, args, transport }: DetectedServer): boolean {
  if (command === null || transport !== 'stdio') return false;
  const wanted = [basename(command), ...args];
  const running = withoutSecrets(argv.slice(1));
  const rest = wanted.slice(1);
  if (rest.length === 0) return basename(argv[0] ?? '') === wanted[0] || basename(argv[1] ?? '') === wanted[0];
  if (basename(argv[0] ?? '') === wanted[0] && endsWith(running, rest)) return true;
  const launched = launchedPackage(wanted[0] ?? '', args);
  if (launched === null) return basename(argv[1] ?? '') === wanted[0] && endsWith(running, rest);
  const own = rest.slice(rest.indexOf(launched.text) + 1);
  return argv.slice(0, 3).some((word) => word.includes(launched.name)) && endsWith(running, own);
}

const endsWith = (list: readonly string[], end: readonly string[]): boolean =>
  list.length >= end.length && end.every((word, index) => list[list.length - end.length + index] === word);

// The names that servers have; the word alone is in too many command lines to say anything.
const looksLikeServer = (argv: readonly string[]): boolean =>
  argv
    .slice(0, 4)
    .some((word) =>
      /(?:^|[/\\@])(?:mcp-server(?:-[\w.]+)?|mcp_server_\w+|[\w.]+-mcp-server|server-[\w]+-mcp)(?:$|[/\\@]|\.(?:[cm]?js|py))|@modelcontextprotocol[/\\]server-/.test(
        word,
      ),
    );

function processRow({ pid, argv }: RunningProcess): DetectedServer {
  const [command = '', ...args] = argv;
  const name = serverName(argv) ?? basename(command);
  const detail = asUntrusted(`process ${pid} runs, and no configuration names it`);
  return {
    ...row('process', name, [command, ...args].join('\0')),
    transport: 'stdio',
    command: asUntrusted(withoutSecret(command)),
    args: withoutSecrets(args).map(asUntrusted),
    evidence: [{ method: 'process', confidence: 0.6, detail }],
  };
}

const serverName = (argv: readonly string[]): string | undefined =>
  argv
    .slice(0, 4)
    .flatMap(
      (word) =>
        /((?:@modelcontextprotocol[/\\])?(?:mcp[-_])?server[-_][\w-]+|[\w-]+-mcp(?:-server)?|mcp[-_]server)/.exec(word)?.[1] ??
        [],
    )
    .at(0);

function packageRow(found: InstalledPackage): DetectedServer {
  return { ...row('package', found.name, `${found.kind}\0${found.name}`), evidence: [packageEvidence(found)] };
}

const packageEvidence = ({ kind, version, where }: InstalledPackage): DetectedServer['evidence'][number] => ({
  method: 'package',
  confidence: 0.5,
  detail: asUntrusted(`${kind} package${version === null ? '' : ` ${withoutSecret(version)}`} in ${where}`),
});

const portEvidence = (address: string, port: number): DetectedServer['evidence'][number] => ({
  method: 'port',
  confidence: 0.8,
  detail: asUntrusted(`listens on ${address}:${port}`),
});

const row = (method: string, name: string, of: string): DetectedServer => ({
  key: createHash('sha256').update(`${method}\0${of}`).digest('hex').slice(0, 16),
  name: asUntrusted(name),
  transport: 'unknown',
  command: null,
  args: [],
  cwd: null,
  url: null,
  environment: [],
  headers: [],
  sightings: [],
  evidence: [],
});

// A launcher and what it launched are one server; so is one package in two manifests.
function distinct(rows: readonly DetectedServer[]): DetectedServer[] {
  const byName = new Map<string, DetectedServer>();
  for (const one of rows) {
    const known = byName.get(one.name);
    if (known === undefined) byName.set(one.name, one);
    else known.evidence.push(...one.evidence);
  }
  return [...byName.values()];
}

async function json(path: string): Promise<Record<string, unknown> | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
  } catch {
    return null;
  }
}
