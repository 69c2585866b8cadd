// Which hosts NO_PROXY keeps from a proxy, as other tools read it: names with what is below them, addresses, ranges, ports, `*`.

/** Whether the list names this server. Node's own reading knows no ranges such as 10.0.0.0/8, and no names below a name. */
export function isExcepted({ hostname, port, protocol }: URL, list: string): boolean {
  const host = bare(hostname);
  const at = port || (protocol === 'https:' ? '443' : '80');
  return list
    .split(/[\s,]+/)
    .map((entry) => entry.toLowerCase())
    .some((entry) => entry !== '' && (entry === '*' || names(entry, host, at)));
}

function names(entry: string, host: string, port: string): boolean {
  const [, name = entry, only] = /^(\[[^\]]+\]|[^:]+):(\d+)$/.exec(entry) ?? [];
  if (only !== undefined && only !== port) return false;
  const wanted = bare(name).replace(/^\*?\./, '');
  return wanted === host || host.endsWith(`.${wanted}`) || isInRange(wanted, host);
}

function isInRange(range: string, host: string): boolean {
  const { BlockList, isIP } = process.getBuiltinModule('node:net');
  const [, network = '', bits = ''] = /^([\d.]+|[\da-f:.]*:[\da-f:.]*)\/(\d{1,3})$/.exec(range) ?? [];
  const version = isIP(network);
  if (version === 0 || isIP(host) !== version || Number(bits) > (version === 4 ? 32 : 128)) return false;
  const family = version === 4 ? 'ipv4' : 'ipv6';
  const block = new BlockList();
  block.addSubnet(network, Number(bits), family);
  return block.check(host, family);
}

const bare = (host: string): string => host.replace(/^\[|\]$/g, '').replace(/\.$/, '');
