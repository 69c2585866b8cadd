// May the server call this address? Not its own machine, not its network's inside: a webhook must not become a way in (SSRF).

import { lookup, Resolver } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const inside = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8], ['10.0.0.0', 8], ['100.64.0.0', 10], ['127.0.0.0', 8], ['169.254.0.0', 16], ['172.16.0.0', 12], ['192.0.0.0', 24],
  ['192.0.2.0', 24], ['192.88.99.0', 24], ['192.168.0.0', 16], ['198.18.0.0', 15], ['198.51.100.0', 24], ['203.0.113.0', 24], ['224.0.0.0', 4], ['240.0.0.0', 4],
] as const) inside.addSubnet(network, prefix, 'ipv4'); // biome-ignore format: one table
for (const [network, prefix] of [
  ['::', 96],
  ['2001::', 32],
  ['2002::', 16],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['::ffff:0:0:0', 96],
  ['100::', 64],
  ['2001:db8::', 32],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const) {
  inside.addSubnet(network, prefix, 'ipv6');
}

export function isInside(address: string): boolean {
  // With a zone it is one of this link.
  if (address.includes('%')) return true;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  const text = mapped ?? address;
  // What cannot be read as an address is none to be called.
  return isIP(text) === 0 || inside.check(text, isIP(text) === 6 ? 'ipv6' : 'ipv4');
}

type Place = { address: string; family: number };
/** The addresses of a name; none where it has none. */
type NamesOf = (host: string) => Promise<readonly string[]>;

/**
 * The address to connect to: resolved once and checked, so that a name cannot point elsewhere a moment later.
 * @throws Error in words where it is not to be called.
 */
export async function callableAddress(
  { hostname }: Pick<URL, 'hostname'>,
  allowInside: boolean,
  { addressesOf = askDns, patience = PATIENCE }: { addressesOf?: NamesOf; patience?: number } = {},
): Promise<Place> {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0) {
    if (!allowInside && isInside(host)) throw new Error(`${host} is an address inside this network`);
    return place(host);
  }
  if (allowInside) return lookup(host);
  // This one exists everywhere, and means this machine.
  if (/(^|\.)localhost\.?$/i.test(host)) throw new Error(`${host} is an address inside this network`);
  const refusedAt = sleep(patience, [], { ref: false });
  const found = await Promise.race([addressesOf(host).catch(() => []), refusedAt]);
  // One address inside is enough to refuse: which of several is taken is not ours to choose.
  const [first] = found.some(isInside) ? [] : found;
  if (first !== undefined) return place(first);
  // Which names exist inside is for nobody to learn here, not from the words and not from the time they take.
  await refusedAt;
  throw new Error(`${host} has no address, or one inside this network`);
}

/** Longer than a name takes that is there, short enough for whoever mistyped one. */
const PATIENCE = 2000;

const place = (address: string): Place => ({ address, family: isIP(address) });

// Not the system's lookup: that takes a thread for as long as a name server likes, and signatures are checked on the same few.
async function askDns(host: string): Promise<string[]> {
  const resolver = new Resolver({ timeout: PATIENCE / 2, tries: 2 });
  const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
  return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
}
