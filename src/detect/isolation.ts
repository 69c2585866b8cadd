// How contained this process is: sandbox, network, file system, process; each with what says so (wire-mcp-logs-a2a §8).

import { readFile, stat } from 'node:fs/promises';

/** How contained a process is (wire-mcp-logs-a2a §8). What cannot be seen from inside is not claimed. */
export type Isolation = {
  sandbox: keyof typeof WEIGHTS.sandbox;
  network: keyof typeof WEIGHTS.network;
  filesystem: keyof typeof WEIGHTS.filesystem;
  process: keyof typeof WEIGHTS.process;
  /** 0 to 1, the sum of the four. */
  score: number;
  evidence: { of: 'sandbox' | 'network' | 'filesystem' | 'process'; because: string }[];
};

const WEIGHTS = {
  sandbox: { none: 0, docker: 0.2, vm: 0.35, gvisor: 0.32, firecracker: 0.4, wasm: 0.28, kata: 0.38 },
  network: { none: 0, firewall: 0.1, namespace: 0.15, vpc: 0.2, airgap: 0.25 },
  filesystem: { none: 0, chroot: 0.08, tmpfs: 0.12, readonly: 0.2, overlay: 0.16 },
  process: { none: 0, pidns: 0.06, seccomp: 0.1, apparmor: 0.11, selinux: 0.12, full: 0.15 },
} as const;

export type Look = { read(path: string): Promise<string | null>; exists(path: string): Promise<boolean> };

const thisMachine: Look = {
  read: (path) => readFile(path, 'utf8').catch(() => null),
  exists: (path) =>
    stat(path).then(
      () => true,
      () => false,
    ),
};

/** What this process can see of its own walls. A wall that cannot be seen from inside is not claimed. */
export async function detectIsolation(look: Look = thisMachine): Promise<Isolation> {
  const evidence: Isolation['evidence'] = [];
  const because = <Of extends Isolation['evidence'][number]['of'], Word>(of: Of, word: Word, reason: string): Word => {
    evidence.push({ of, because: reason });
    return word;
  };
  const [version = '', mounts = '', status = '', label = '', network = ''] = (
    await Promise.all(
      ['/proc/version', '/proc/self/mounts', '/proc/self/status', '/proc/self/attr/current', '/proc/net/dev'].map(look.read),
    )
  ).map((text) => text ?? '');

  let sandbox: Isolation['sandbox'] = 'none';
  if (/gvisor/i.test(version)) sandbox = because('sandbox', 'gvisor', '/proc/version names gVisor');
  else if (await look.exists('/.dockerenv')) sandbox = because('sandbox', 'docker', '/.dockerenv exists');
  else if (await look.exists('/run/.containerenv')) sandbox = because('sandbox', 'docker', '/run/.containerenv exists');

  const root = mounts
    .split('\n')
    .map((line) => line.split(' '))
    .find((parts) => parts[1] === '/');
  let filesystem: Isolation['filesystem'] = 'none';
  if (root?.[3]?.split(',').includes('ro')) filesystem = because('filesystem', 'readonly', 'the root is mounted read-only');
  else if (root?.[2] === 'overlay') filesystem = because('filesystem', 'overlay', 'the root is an overlay');
  else if (root?.[2] === 'tmpfs') filesystem = because('filesystem', 'tmpfs', 'the root is in memory');

  const hasSeccomp = /^Seccomp:\s*2/m.test(status);
  const hasOwnPids = (/^NSpid:\s*(.*)$/m.exec(status)?.[1]?.trim().split(/\s+/).length ?? 1) > 1 || /^Pid:\s*1$/m.test(status);
  const isConfined = label.trim() !== '' && !/^(unconfined|kernel)/.test(label.trim());
  let process: Isolation['process'] = 'none';
  if (hasOwnPids) process = because('process', 'pidns', 'it has process ids of its own');
  if (hasSeccomp) process = because('process', 'seccomp', 'system calls are filtered (Seccomp: 2)');
  if (isConfined) process = because('process', label.includes(':') ? 'selinux' : 'apparmor', 'it runs under a security label');
  if (hasOwnPids && hasSeccomp && isConfined) process = 'full';

  const interfaces = network
    .split('\n')
    .slice(2)
    .map((line) => line.split(':')[0]?.trim() ?? '')
    .filter((name) => name !== '');
  const isCutOff = network !== '' && interfaces.every((name) => name === 'lo');
  const isolatedNetwork: Isolation['network'] = isCutOff
    ? because('network', 'airgap', 'there is no interface but loopback')
    : 'none';

  const walls = { sandbox, network: isolatedNetwork, filesystem, process };
  return { ...walls, score: scoreIsolation(walls), evidence };
}

/** 0 to 1: the sum of what each wall is worth, by the table that all AIM SDKs share. A word that is not in it is worth nothing. */
export function scoreIsolation(walls: Partial<Pick<Isolation, 'sandbox' | 'network' | 'filesystem' | 'process'>>): number {
  const { sandbox = 'none', network = 'none', filesystem = 'none', process = 'none' } = walls;
  const worth = [WEIGHTS.sandbox[sandbox], WEIGHTS.network[network], WEIGHTS.filesystem[filesystem], WEIGHTS.process[process]];
  const sum = worth.reduce<number>((total, one) => total + (one ?? 0), 0);
  return Math.min(1, Math.round(sum * 100) / 100);
}

/** The same as `detectIsolation`, under the name of the Python SDK. */
export const autoDetectIsolation: typeof detectIsolation = detectIsolation;
