// How far an agent is walled in, 0 to 1, from what it reports of its sandbox, network, file system and process (wire-mcp-logs-a2a §8).

export const isolationWeights = {
  sandbox: { none: 0, docker: 0.2, vm: 0.35, gvisor: 0.32, firecracker: 0.4, wasm: 0.28, kata: 0.38 },
  network: { none: 0, firewall: 0.1, namespace: 0.15, vpc: 0.2, airgap: 0.25 },
  filesystem: { none: 0, chroot: 0.08, tmpfs: 0.12, readonly: 0.2, overlay: 0.16 },
  process: { none: 0, pidns: 0.06, seccomp: 0.1, apparmor: 0.11, selinux: 0.12, full: 0.15 },
} as const;

export type Wall = keyof typeof isolationWeights;
export const walls = Object.keys(isolationWeights) as Wall[];

/** `reported` is `sandbox=docker network=none …`, or the one word of older SDKs; null where nothing was said. */
export function isolationFactor(reported: string | null): number {
  if (reported === null) return UNKNOWN;
  if (!reported.includes('=')) return OLDER_WORDS.get(reported) ?? UNKNOWN;
  const sum = reported.split(' ').reduce((total, each) => {
    const [wall = '', word = ''] = each.split('=');
    return total + (WEIGHTS.get(wall)?.get(word) ?? 0);
  }, 0);
  // Whoever says what walls there are is not worse off than who says nothing; whoever has none, is.
  return sum === 0 ? NO_WALLS : UNKNOWN + (1 - UNKNOWN) * Math.min(1, sum);
}

const UNKNOWN = 0.5;
const NO_WALLS = 0.2;
// What was said is looked up in maps: a member of every object, such as `constructor`, is no word of ours.
const WEIGHTS = new Map(
  Object.entries(isolationWeights).map(([wall, words]) => [wall, new Map<string, number>(Object.entries(words))]),
);
const OLDER_WORDS = new Map(
  Object.entries({ none: NO_WALLS, process: 0.6, container: 0.8, docker: 0.6, sandbox: 0.9, vm: 1, microvm: 1, enclave: 1 }),
);
