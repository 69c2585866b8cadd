// Processes of this user and home, and the ports that are listened on, as each system tells them.

import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';

export type RunningProcess = { pid: number; argv: string[] };
export type ListeningPort = { pid: number | null; address: string; port: number };

/** Only those that live in this home, where the system lets one see that. Empty where it tells nothing. */
export async function runningProcesses(home: string): Promise<RunningProcess[]> {
  if (process.platform === 'linux') return linuxProcesses(home);
  const list =
    process.platform === 'win32'
      ? await output('wmic', ['process', 'get', 'ProcessId,CommandLine', '/format:csv'])
      : await output('ps', ['-x', '-ww', '-o', 'pid=,command=']);
  return list.split('\n').flatMap((line): RunningProcess[] => {
    const [, pid, command] =
      process.platform === 'win32'
        ? (/^[^,]*,(?:(.*),)?(\d+)\s*$/.exec(line)?.map((part, at, all) => (at === 1 ? all[2] : at === 2 ? all[1] : part)) ??
          [])
        : (/^\s*(\d+)\s+(.*)$/.exec(line) ?? []);
    // Neither system keeps the words of a command line apart here.
    return pid === undefined || !command ? [] : [{ pid: Number(pid), argv: command.trim().split(/\s+/) }];
  });
}

async function linuxProcesses(home: string): Promise<RunningProcess[]> {
  const found: RunningProcess[] = [];
  for (const name of await readdir('/proc').catch(() => [])) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    const argv = (await text(`/proc/${name}/cmdline`)).split('\0').slice(0, -1);
    if (argv.length === 0) continue;
    const environment = await text(`/proc/${name}/environ`);
    if (environment.split('\0').includes(`HOME=${home}`)) found.push({ pid: Number(name), argv });
  }
  return found;
}

export async function listeningPorts(): Promise<ListeningPort[]> {
  if (process.platform !== 'linux') return [];
  const lines = (await Promise.all(['tcp', 'tcp6'].map((name) => text(`/proc/net/${name}`)))).flatMap((table) =>
    table.split('\n').slice(1),
  );
  const listening = lines.flatMap((line) => {
    const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
    const [host = '', port = ''] = local.split(':');
    return state === LISTEN ? [{ inode, address: addressOf(host), port: Number.parseInt(port, 16) }] : [];
  });
  if (listening.length === 0) return [];
  const owners = await socketOwners(new Set(listening.map(({ inode }) => inode)));
  return listening.map(({ inode, address, port }) => ({ pid: owners.get(inode) ?? null, address, port }));
}

const LISTEN = '0A';

function addressOf(hex: string): string {
  if (/^0+$/.test(hex)) return hex.length === 8 ? '0.0.0.0' : '[::]';
  if (hex.length === 8)
    return (hex.match(/../g) ?? [])
      .toReversed()
      .map((byte) => Number.parseInt(byte, 16))
      .join('.');
  return hex.endsWith('01000000') ? '[::1]' : `[${hex.toLowerCase()}]`;
}

async function socketOwners(inodes: ReadonlySet<string>): Promise<Map<string, number>> {
  const owners = new Map<string, number>();
  for (const name of await readdir('/proc').catch(() => [])) {
    if (!/^\d+$/.test(name)) continue;
    for (const descriptor of await readdir(`/proc/${name}/fd`).catch(() => [])) {
      const inode = /^socket:\[(\d+)\]$/.exec(await readlink(`/proc/${name}/fd/${descriptor}`).catch(() => ''))?.[1];
      if (inode !== undefined && inodes.has(inode)) owners.set(inode, Number(name));
    }
    if (owners.size === inodes.size) break;
  }
  return owners;
}

const text = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');

const output = async (command: string, args: string[]): Promise<string> =>
  promisify(execFile)(command, args, { timeout: 3_000, maxBuffer: 16 * 1024 * 1024 }).then(
    ({ stdout }) => stdout,
    () => '',
  );
