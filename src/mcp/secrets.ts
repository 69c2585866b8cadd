// Tells a secret from a reference to one, and takes secrets out of arguments and addresses. By shape first, then by name.

import { hash } from 'node:crypto';
import { asUntrusted } from '../text/brand.ts';
import type { ValueShape } from './record.ts';

export const REPLACED = '[secret]';

/** What can be said of a value without saying it. `salt` makes fingerprints comparable here and useless elsewhere. */
export function shapeOf(name: string, value: string | null, salt: string): ValueShape {
  const shape = value === null ? 'reference' : shapeClass(name, value);
  const fingerprint = shape === 'secret' || shape === 'plain' ? print(value ?? '', salt) : null;
  return { name: asUntrusted(name), shape, fingerprint };
}

export function shapeClass(name: string, value: string): ValueShape['shape'] {
  const text = value.trim();
  if (text === '') return 'empty';
  const rest = withoutReferences(text);
  if (rest !== text) return looksSecret(rest) ? 'secret' : 'reference';
  if (isPlaceholder(text)) return 'plain';
  if (looksSecret(text) || hasPassword(text)) return 'secret';
  return saysSecret(name) && couldBeSecret(text) ? 'secret' : 'plain';
}

/** Arguments as they may be shown: every value that looks like a secret is replaced. */
export function withoutSecrets(args: readonly string[]): string[] {
  return args.map((argument, index) => {
    const before = args[index - 1] ?? '';
    const flag = /^--?([A-Za-z][\w.-]*)$/.exec(before)?.[1];
    if (flag !== undefined && !argument.startsWith('-')) {
      if (/^(?:H|header|headers)$/.test(flag)) return header(argument);
      if (saysSecret(flag) && shapeClass(flag, argument) === 'secret') return REPLACED;
    }
    const pair = /^(--?[A-Za-z][\w.-]*|[A-Za-z_]\w*(?!=.*\s))=([\s\S]*)$/.exec(argument);
    if (pair !== null) {
      const [, left = '', right = ''] = pair;
      if (/^--?(?:H|header|headers)$/.test(left)) return `${left}=${header(right)}`;
      return `${left}=${shapeClass(left, right) === 'secret' && !isAddress(right) ? REPLACED : withoutSecret(right)}`;
    }
    return withoutSecret(argument);
  });
}

/** Any other text: addresses lose their passwords, known shapes and assignments their values. */
export function withoutSecret(text: string): string {
  if (isAddress(text)) return addressWithoutSecrets(text);
  if (!/\s/.test(text) && !isPlaceholder(text) && withoutReferences(text) === text && isRandom(text)) return REPLACED;
  return text
    .replaceAll(ADDRESS, (address) => addressWithoutSecrets(address))
    .replaceAll(/\b(bearer|basic)\s+([\w+/.=~-]{8,})/gi, (_, scheme: string) => `${scheme} ${REPLACED}`)
    .replaceAll(ASSIGNMENT, (whole, name: string, equals: string, value: string) =>
      shapeClass(name, value.replaceAll(/^["']|["']$/g, '')) === 'secret' ? `${name}${equals}${REPLACED}` : whole,
    )
    .replaceAll(KNOWN_ANYWHERE, REPLACED);
}

export function addressWithoutSecrets(address: string): string {
  const [, scheme = '', rest = ''] = /^([A-Za-z][\w+.-]*:\/\/)([\s\S]*)$/.exec(address) ?? [];
  if (scheme === '') return address;
  const [, authority = '', path = '', query = '', fragment = ''] = /^([^/?#]*)([^?#]*)(\?[^#]*)?(#[\s\S]*)?$/.exec(rest) ?? [];
  const at = authority.lastIndexOf('@');
  const host = at === -1 ? authority : `${userWithoutPassword(authority.slice(0, at))}@${authority.slice(at + 1)}`;
  const segments = path.split('/').map((part) => (looksSecret(part) && withoutReferences(part) === part ? REPLACED : part));
  return scheme + host + segments.join('/') + pairsWithoutSecrets(query) + pairsWithoutSecrets(fragment);
}

function userWithoutPassword(user: string): string {
  const [name = '', ...password] = user.split(':');
  if (password.length === 0) return withoutReferences(name) === name && couldBeSecret(name) ? REPLACED : name;
  return shapeClass('password', password.join(':')) === 'reference' ? user : `${name}:${REPLACED}`;
}

const pairsWithoutSecrets = (pairs: string): string =>
  pairs.replaceAll(/([?#&])([^=&]*)=([^&]*)/g, (whole, before: string, name: string, value: string) =>
    shapeClass(decode(name), decode(value)) === 'secret' ? `${before}${name}=${REPLACED}` : whole,
  );

function header(text: string): string {
  const [, name = '', colon = '', value = ''] = /^([^:=]+)([:=]\s*)([\s\S]*)$/.exec(text) ?? [];
  if (name === '') return withoutSecret(text);
  return shapeClass(name, value.replace(/^(?:bearer|basic|token)\s+/i, '')) === 'secret'
    ? `${name}${colon}${REPLACED}`
    : `${name}${colon}${withoutSecret(value)}`;
}

/** Takes out `${VAR}`, `$VAR`, `%VAR%`, `${input:id}`, `{env:VAR}`, `op://…` and the like, with the word that announces them. */
function withoutReferences(text: string): string {
  return text
    .replaceAll(/\$\{[^}]*?(?::-([^}]*))?\}/g, (_, otherwise: string | undefined) => otherwise ?? '')
    .replaceAll(/\{(?:env|file):[^}]*\}|\{\{[^}]*\}\}|\$\([^)]*\)/g, '')
    .replaceAll(/\$(?:env:)?[A-Za-z_]\w*|%[A-Za-z_]\w*%|!\w+/g, '')
    .replaceAll(/\b(?:op|vault|keychain|keyring|secret|secrets|aws-sm|gcp-sm|azure-kv|bw|pass|infisical|doppler):\/\/\S+/g, '')
    .replaceAll(/\b(?:keychain|keyring|vault|input|secret):[\w./-]+/g, '');
}

const isPlaceholder = (text: string): boolean =>
  /^(?:<[^>]*>|\[[^\]]*\]|x{3,}|\*{3,}|\.{3,}|0+)$/i.test(text) ||
  /^(?:your|my|insert|replace|enter|put|add)[-_ ].*|change[-_]?me|placeholder|to[-_]?do\b|^example$|dummy|redacted/i.test(text);

const saysSecret = (name: string): boolean =>
  /(?:^|[^a-z])(?:pat|pwd|key|auth|cookie|dsn|session|salt|signature|credentials?)(?:$|[^a-z])|token|secret|passw|passphrase|api[-_]?key|apikey|private[-_]?key|access[-_]?key|authorization|bearer|credential|connection[-_]?string/i.test(
    name.replaceAll(/([a-z])([A-Z])/g, '$1_$2'),
  ) && !/(?:_|-)(?:file|path|dir|url|uri|endpoint|name|id|type|mode|ttl|host|port|region)$/i.test(name);

// Behind a name like TOKEN, anything is a secret that is not plainly something else.
const couldBeSecret = (text: string): boolean =>
  text.length >= 4 &&
  !/^(?:bearer|basic|token|true|false|yes|no|none|null|undefined|auto|on|off|\d{1,5}|[./~][\w./ -]*|https?:\/\/[^@?]*)$/i.test(
    text,
  );

const looksSecret = (text: string): boolean => KNOWN.test(text) || isRandom(text.replace(/^(?:bearer|basic|token)\s+/i, ''));

const hasPassword = (text: string): boolean =>
  isAddress(text)
    ? addressWithoutSecrets(text) !== text
    : /(?:password|pwd|accountkey|sharedaccesskey)\s*=\s*[^;\s]{4,}/i.test(text);

const isAddress = (text: string): boolean => /^[A-Za-z][\w+.-]*:\/\/\S+$/.test(text);

/** Long, of one piece, and without the regularity of words, paths, versions and names. */
function isRandom(text: string): boolean {
  if (text.length < 20 || text.length > 4_096 || !/^[\w+/=.~-]+$/.test(text)) return false;
  if (/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text)) return false; // a UUID names something
  if (/^(?:sha256|sha512|sha1)[:-]/.test(text)) return false;
  if (/^[0-9a-f]+$/i.test(text))
    return text.length >= 32 && /\d/.test(text) && /[a-f]/i.test(text) && bitsPerCharacter(text) > 2.8;
  if (/^[./~]|\/.*\/|^@[\w-]+\//.test(text) && !/[+=]/.test(text)) return false; // a path or a package
  if (text.split('A').length > text.length / 4) return false; // encoded text in two bytes a letter, which somebody must read
  if (!/\d/.test(text) || !/[a-z]/.test(text) || !/[A-Z]/.test(text)) return false;
  return text.split(/[-_./]/).some((part) => part.length >= 16 && /\d/.test(part)) && bitsPerCharacter(text) > 3.5;
}

function bitsPerCharacter(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

const SHAPES = [
  'sk-ant-[\\w-]{8,}',
  'sk-(?:proj-|or-v1-|svcacct-)?[\\w-]{16,}',
  '(?:sk|rk|pk)_(?:live|test)_\\w{10,}',
  'gh[pousr]_\\w{16,}',
  'github_pat_\\w{16,}',
  'glpat-[\\w-]{16,}',
  '(?:AKIA|ASIA)[A-Z0-9]{12,}',
  'xox[abeoprs]-[\\w-]{8,}',
  'xapp-[\\w-]{10,}',
  'AIza[\\w-]{30,}',
  'ya29\\.[\\w-]{16,}',
  'hf_\\w{20,}',
  'npm_\\w{20,}',
  'pypi-[\\w-]{20,}',
  'dop_v1_\\w{32,}',
  'SG\\.[\\w-]{16,}\\.[\\w-]{16,}',
  'lin_api_\\w{16,}',
  'ntn_\\w{16,}',
  'secret_\\w{20,}',
  'figd_[\\w-]{16,}',
  'tvly-[\\w-]{16,}',
  'pplx-\\w{16,}',
  'gsk_\\w{20,}',
  'sbp_\\w{20,}',
  'aim_[\\w-]{20,}',
  'AGE-SECRET-KEY-\\w{20,}',
  'eyJ[\\w-]{8,}\\.[\\w-]{8,}\\.[\\w-]*',
  '-----BEGIN [A-Z ]*PRIVATE KEY-----[\\s\\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)',
].join('|');
const KNOWN = new RegExp(`(?<![A-Za-z0-9])(?:${SHAPES})`);
const KNOWN_ANYWHERE = new RegExp(`(?<![A-Za-z0-9])(?:${SHAPES})`, 'g');
const ADDRESS = /\b[A-Za-z][\w+.-]*:\/\/[^\s"'`<>]+/g;
const ASSIGNMENT = /(?<![\w-])([A-Za-z_][\w.-]*)(\s*[=:]\s*)("[^"]*"|'[^']*'|[^\s;&|"']+)/g;

const print = (value: string, salt: string): string => hash('sha256', `${salt}\0${value}`).slice(0, 16);

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
