// May the server call this address? Not its own machine, not its network's inside: a webhook must not become a way in (SSRF).

import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';

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

/**
 * The address to connect to: resolved once and checked, so that a name cannot point elsewhere a moment later.
 * @throws Error in words where it is not to be called.
 */
export async function callableAddress(url: URL, allowInside: boolean): Promise<{ address: string; family: number }> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const found = isIP(host) === 0 ? await lookup(host, { all: true }) : [{ address: host, family: isIP(host) }];
  const usable = found.filter(({ address }) => allowInside || !isInside(address));
  const [first] = usable;
  // One address inside is enough to refuse: which of several is taken is not ours to choose.
  if (first === undefined || usable.length < found.length) throw new Error(`${host} is an address inside this network`);
  return first;
}
