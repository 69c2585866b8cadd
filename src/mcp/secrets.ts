// Tells a secret from a reference to one, and takes secrets out of arguments and addresses. By shape first, then by name.

import { hash } from 'node:crypto';
import { asUntrusted } from '../text/brand.ts';
import type { ValueShape } from './record.ts';
import { couldBeSecret, isPlaceholder, isRandom, KNOWN_ANYWHERE, looksSecret, saysSecret } from './secret-shapes.ts';

export const REPLACED = '[secret]';
/** For a value that need not be a secret, in a place whose values are never said: a header, an environment variable. */
const UNSAID = '[value]';

/** What can be said of a value without saying it. `salt` makes fingerprints comparable here and useless elsewhere. */
export function shapeOf(name: string, value: string | null, salt: string): ValueShape {
  const shape = value === null ? 'reference' : shapeClass(name, value);
  const fingerprint = shape === 'secret' || shape === 'plain' ? print(value ?? '', salt) : null;
  // Some write `NAME=value` where a name belongs.
  return { name: asUntrusted(name.replace(/=[\s\S]*$/, '')), shape, fingerprint };
}

export function shapeClass(name: string, value: string): ValueShape['shape'] {
  const text = value.trim();
  if (text === '') return 'empty';
  const rest = withoutReferences(text);
  if (rest !== text) return looksSecret(rest) ? 'secret' : 'reference';
  if (isPlaceholder(text)) return 'plain';
  if (looksSecret(text) || hasPassword(text)) return 'secret';
  return saysSecret(name) && couldBeSecret(name, text) ? 'secret' : 'plain';
}

/** Arguments as they may be shown: every value that looks like a secret is replaced, and all of headers and environments. */
export function withoutSecrets(args: readonly string[]): string[] {
  return args.map((argument, index) => {
    const before = args[index - 1] ?? '';
    const flag = /^--?([A-Za-z][\w.-]*)$/.exec(before)?.[1];
    if (flag !== undefined && !argument.startsWith('-')) {
      if (HEADER_FLAG.test(flag)) return header(argument);
      if (ENVIRONMENT_FLAG.test(flag) && ASSIGNED.test(argument)) return variable(argument);
      const pair = USER_FLAG.test(flag) ? userAndPassword(argument) : null;
      if (pair !== null) return pair;
      if (flag === 'k' && argument.length >= 8 && /\d/.test(argument) && !/[/\\]/.test(argument)) return REPLACED;
      if (saysSecret(flag) && shapeClass(flag, argument) === 'secret' && !isStructured(argument)) return REPLACED;
    }
    // `config set API_KEY value`; but of `-e API_KEY image` the value is elsewhere.
    const isName =
      /^[A-Z][A-Z0-9_]*$|^[a-z]+_[a-z_]+$/.test(before) && !ENVIRONMENT_FLAG.test((args[index - 2] ?? '').replace(/^-+/, ''));
    if (isName && saysSecret(before) && shapeClass(before, argument) === 'secret') return REPLACED;
    const pair = /^(--?[A-Za-z][\w.-]*|[A-Za-z_]\w*(?!=.*\s))(=)([\s\S]*)$|^(--?[A-Za-z][\w.-]*)(:)([\s\S]*)$/.exec(argument);
    if (pair === null) return withoutSecret(argument);
    const [left = '', sign = '', right = ''] = pair[2] === undefined ? pair.slice(4) : pair.slice(1);
    const name = left.replace(/^-+/, '');
    if (HEADER_FLAG.test(name)) return `${left}${sign}${header(right)}`;
    if (ENVIRONMENT_FLAG.test(name) && ASSIGNED.test(right)) return `${left}${sign}${variable(right)}`;
    const isSecret = shapeClass(name, right) === 'secret' && !isAddress(right) && !isStructured(right);
    return `${left}${sign}${isSecret ? REPLACED : withoutSecret(right)}`;
  });
}

const HEADER_FLAG = /^(?:H|headers?|http-headers?)$/;
const ENVIRONMENT_FLAG = /^(?:e|env|environment|env-vars?)$/;
const USER_FLAG = /^(?:u|user|auth|basic-auth|proxy-user|credentials?|login)$/;
const ASSIGNED = /^[A-Za-z_]\w*=/;

// An object or a list in an argument is shown with what it holds, but for its secrets.
const isStructured = (text: string): boolean => /^\s*[{[]/.test(text) && !isPlaceholder(text);

/** Any other text: addresses lose their passwords, known shapes, flags and assignments their values. */
export function withoutSecret(text: string): string {
  if (isAddress(text)) return addressWithoutSecrets(text);
  if (!/\s/.test(text) && !isPlaceholder(text) && withoutReferences(text) === text && isRandom(text)) return REPLACED;
  const unlessPlain = (whole: string, name: string, before: string, value: string): string =>
    !value.includes(REPLACED) && shapeClass(name, value.replaceAll(/^\\?["']|\\?["']$/g, '')) === 'secret'
      ? `${before}${REPLACED}`
      : whole;
  return text
    .replaceAll(ADDRESS, (address) => addressWithoutSecrets(address))
    .replaceAll(LOOSE_USER, (whole, before: string, user: string, password: string) =>
      shapeClass('password', password) === 'secret' ? `${before}${user}:${REPLACED}@` : whole,
    )
    .replaceAll(/([?&;])([\w.-]+)=([^&;\s"'#]+)/g, (whole, before: string, name: string, value: string) =>
      isSecretPair(name, value) ? `${before}${name}=${REPLACED}` : whole,
    )
    .replaceAll(/\b(bearer|basic)\s+([\w+/.=~-]{4,})/gi, (whole, scheme: string, value: string) =>
      isRandom(value) || /\d/.test(value) ? `${scheme} ${REPLACED}` : whole,
    )
    .replaceAll(FLAG, (whole, flag: string, gap: string, value: string) =>
      unlessPlain(whole, flag.replace(/^-+/, ''), `${flag}${gap}`, value),
    )
    .replaceAll(ASSIGNMENT, (whole, name: string, equals: string, value: string) =>
      unlessPlain(whole, name.replace(/\\?["']$/, ''), `${name}${equals}`, value),
    )
    .replaceAll(KNOWN_ANYWHERE, REPLACED);
}

export function addressWithoutSecrets(address: string): string {
  const [, scheme = '', rest = ''] = /^([A-Za-z][\w+.-]*:\/\/)([\s\S]*)$/.exec(address) ?? [];
  if (scheme === '') return withoutSecret(address);
  const [, authority = '', path = '', query = '', fragment = ''] = /^([^/?#]*)([^?#]*)(\?[^#]*)?(#[\s\S]*)?$/.exec(rest) ?? [];
  const at = authority.lastIndexOf('@');
  const host = at === -1 ? authority : `${userWithoutPassword(authority.slice(0, at))}@${authority.slice(at + 1)}`;
  const segments = path
    .split('/')
    .map((part) => (looksSecret(part) && withoutReferences(part) === part ? REPLACED : matrix(part)));
  return scheme + host + segments.join('/') + pairsWithoutSecrets(query) + pairsWithoutSecrets(fragment);
}

function userWithoutPassword(user: string): string {
  const [name = '', ...password] = user.split(':');
  if (password.length === 0) return withoutReferences(name) === name && couldBeSecret('password', name) ? REPLACED : name;
  return shapeClass('password', password.join(':')) === 'reference' ? user : `${name}:${REPLACED}`;
}

const pairsWithoutSecrets = (pairs: string): string =>
  pairs.replaceAll(/([?#&;])([^=&;]*)=([^&;]*)/g, (whole, before: string, name: string, value: string) =>
    isSecretPair(decode(name), decode(value)) ? `${before}${name}=${REPLACED}` : whole,
  );

// Azure's functions call their key `code`, its storage calls a signature `sig`.
const isSecretPair = (name: string, value: string): boolean =>
  shapeClass(/^(?:code|sig)$/i.test(name) ? 'secret' : name, value) === 'secret';

const matrix = (segment: string): string => (segment.includes(';') ? pairsWithoutSecrets(segment) : segment);

function header(text: string): string {
  if (isStructured(text)) {
    const sparing = (_: string, start: string, value: string): string => `${start}"${said('authorization', value)}"`;
    return text.replaceAll(/("[^"]*"\s*:\s*)"((?:[^"\\]|\\.)*)"/g, sparing);
  }
  const [, name = '', colon = '', value = ''] = /^([^:=]+)([:=]\s*)([\s\S]*)$/.exec(text) ?? [];
  if (name === '') return withoutSecret(text);
  return `${name}${colon}${said(name, value.replace(/^(?:bearer|basic|token)\s+/i, ''), value)}`;
}

function variable(text: string): string {
  const [name = ''] = text.split('=', 1);
  const value = text.slice(name.length + 1);
  // Several of them in one argument.
  if (/[,;]\s*[A-Za-z_]\w*=/.test(value))
    return text
      .split(/([,;]\s*)/)
      .map((part) => (part.includes('=') ? variable(part) : part))
      .join('');
  return `${name}=${said(name, value)}`;
}

/** What takes the place of a value that is not to be said. References say nothing, and a flag or a number hides nothing. */
function said(name: string, value: string, whole = value): string {
  const shape = shapeClass(name, value);
  if (shape === 'secret') return REPLACED;
  return shape !== 'plain' || HARMLESS.test(value) ? whole : UNSAID;
}

const HARMLESS =
  /^(?:true|false|yes|no|on|off|\d{1,5}|0\.0\.0\.0(?::\d+)?|::|\*|localhost(?::\d+)?|127(?:\.\d+){3}(?::\d+)?)$/i;

function userAndPassword(text: string): string | null {
  const [, user = '', password = ''] = /^([^:\s/]+):([^\s/]\S*)$/.exec(text) ?? [];
  return user === '' || user === password || shapeClass('password', password) !== 'secret' ? null : `${user}:${REPLACED}`;
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

const hasPassword = (text: string): boolean =>
  isAddress(text)
    ? addressWithoutSecrets(text) !== text
    : /(?:password|pwd|accountkey|sharedaccesskey)\s*=\s*[^;\s]{4,}/i.test(text);

const isAddress = (text: string): boolean => /^[A-Za-z][\w+.-]*:\/\/\S+$/.test(text);

const ADDRESS = /\b[A-Za-z][\w+.-]*:\/\/[^\s"'`<>]+/g;
// `name=value`, `name: value`, `"name": "value"`, also where the quotes are escaped once more.
const ASSIGNMENT = /(?<![\w-])([A-Za-z_][\w.-]*(?:\\?["'])?)(\s*[=:]\s*)(\\"[^"\\]*\\"|"[^"]*"|'[^']*'|[^\s;&|"',}\\]+)/g;
const FLAG = /(?<![\w-])(--?[A-Za-z][\w.-]*)(\s+|[=:])("[^"]*"|'[^']*'|[^\s;&|"'-][^\s;&|"']*)/g;
const LOOSE_USER = /(^|[\s/"'=])([\w.+-]+):([^\s:@/]+)@(?=[\w[])/g;

const print = (value: string, salt: string): string => hash('sha256', `${salt}\0${value}`).slice(0, 16);

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
