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
  // Some write `NAME=value` or a value itself where a name belongs.
  return { name: asUntrusted(withoutSecret(name.replace(/=[\s\S]*$/, ''))), shape, fingerprint };
}

export function shapeClass(name: string, value: string): ValueShape['shape'] {
  const text = value.slice(0, LONGEST).trim();
  if (text === '') return 'empty';
  const rest = withoutReferences(text);
  if (rest !== text) return looksSecret(rest) || isSecretBeside(name, rest) ? 'secret' : 'reference';
  if (isPlaceholder(text)) return 'plain';
  if (looksSecret(text) || hasPassword(text)) return 'secret';
  return saysSecret(name) && couldBeSecret(name, text) ? 'secret' : 'plain';
}

// `Bearer ${TOKEN}` is a reference; `${PREFIX}hunter22` is a secret all the same.
const isSecretBeside = (name: string, rest: string): boolean => {
  const text = rest.trim().replace(/^(?:bearer|basic|token)\s+/i, '');
  return saysSecret(name) && /\d/.test(text) && text.length >= 6 && !isPlaceholder(text) && couldBeSecret(name, text);
};

/** Arguments as they may be shown: every value that looks like a secret is replaced, and all of headers and environments. */
export function withoutSecrets(given: readonly string[]): string[] {
  const args = given.map(readable);
  return args.map((argument, index) => {
    const before = args[index - 1] ?? '';
    const flag = /^(?:--?|\/)([A-Za-z][\w.-]*)$/.exec(before)?.[1];
    if (flag !== undefined && !argument.startsWith('-')) {
      if (HEADER_FLAG.test(flag)) return header(argument);
      if (ENVIRONMENT_FLAG.test(flag) && ASSIGNED.test(argument)) return variable(argument);
      const pair = USER_FLAG.test(flag) ? userAndPassword(argument) : null;
      if (pair !== null) return pair;
      if (flag === 'k' && argument.length >= 8 && /\d/.test(argument) && !/[/\\]/.test(argument)) return REPLACED;
      const shape = saysSecret(flag) && !isStructured(argument) ? shapeClass(flag, argument) : 'empty';
      if (shape === 'secret') return REPLACED;
      if (shape === 'plain' && isPlaceholder(argument)) return UNSAID;
    }
    // `config set apiKey value`; but of `-e API_KEY image` the value is elsewhere.
    const announced = (args[index - 2] ?? '').replace(/^-+/, '');
    const isName =
      SETTING.test(announced) || (/^[A-Z][A-Z0-9_]*$|^[a-z]+_[a-z_]+$/.test(before) && !ENVIRONMENT_FLAG.test(announced));
    if (isName && /^[A-Za-z][\w.-]*$/.test(before) && saysSecret(before) && shapeClass(before, argument) === 'secret')
      return REPLACED;
    const attached = /^(-e)([A-Z_][A-Z0-9_]*=[\s\S]*)$|^(-H)([\w-]+:[\s\S]*)$/.exec(argument);
    if (attached !== null)
      return attached[1] === undefined ? `-H${header(attached[4] ?? '')}` : `-e${variable(attached[2] ?? '')}`;
    const pair = /^(--?[A-Za-z][\w.-]*|[A-Za-z_]\w*(?!=.*\s))(=)([\s\S]*)$|^(--?[A-Za-z][\w.-]*)(:)([\s\S]*)$/.exec(argument);
    // What ends in `==` is Base64 and no assignment.
    if (pair === null || /^=?$/.test(pair[3] ?? pair[6] ?? '')) return withoutSecret(argument);
    const [left = '', sign = '', right = ''] = pair[2] === undefined ? pair.slice(4) : pair.slice(1);
    const name = left.replace(/^-+/, '');
    if (HEADER_FLAG.test(name)) return `${left}${sign}${header(right)}`;
    if (ENVIRONMENT_FLAG.test(name) && ASSIGNED.test(right)) return `${left}${sign}${variable(right)}`;
    const shape = isAddress(right) || isStructured(right) ? 'reference' : shapeClass(name, right);
    const isExample = shape === 'plain' && saysSecret(name) && isPlaceholder(right);
    return `${left}${sign}${shape === 'secret' ? REPLACED : isExample ? UNSAID : withoutSecret(right)}`;
  });
}

const HEADER_FLAG = /^(?:H|headers?|http-headers?)$/;
const ENVIRONMENT_FLAG = /^(?:e|env|environment|env-vars?)$/;
const SETTING = /^(?:set|put|add|setx|setenv|set-?(?:config|option|secret))$/i;
const USER_FLAG = /^(?:u|user|auth|basic-auth|proxy-user|credentials?|login)$/;
const ASSIGNED = /^[A-Za-z_]\w*=/;

// An object or a list in an argument is shown with what it holds, but for its secrets.
const isStructured = (text: string): boolean => /^\s*[{[]/.test(text) && !isPlaceholder(text);

/** No more than anybody reads, cut between words, so that no half of a secret is left: a text may be as long as its file. */
function readable(text: string): string {
  if (text.length <= LONGEST) return text;
  const end = text.slice(0, LONGEST).search(/\s\S*$/);
  return `${end === -1 ? '' : text.slice(0, end)} [… ${text.length - Math.max(0, end)} characters]`.trimStart();
}

const LONGEST = 8_192;

/** Any other text: addresses lose their passwords, known shapes, flags and assignments their values. */
export function withoutSecret(given: string): string {
  const text = readable(given);
  if (isAddress(text)) return addressWithoutSecrets(text);
  if (!/\s/.test(text) && !isPlaceholder(text) && withoutReferences(text) === text && isRandom(text)) return REPLACED;
  const unlessPlain = (whole: string, name: string, before: string, value: string): string => {
    const bare = value.replaceAll(/^\\?["']|\\?["']$/g, '');
    if (value.includes(REPLACED) || value.includes(UNSAID)) return whole;
    if (shapeClass(name, bare) === 'secret') return `${before}${REPLACED}`;
    return saysSecret(name) && isPlaceholder(bare) && withoutReferences(bare) === bare ? `${before}${UNSAID}` : whole;
  };
  return text
    .replaceAll(ADDRESS, (address) => addressWithoutSecrets(address))
    .replaceAll(LOOSE_USER, (whole, before: string, user: string, password: string) =>
      shapeClass('password', password) === 'secret' ? `${before}${user}:${REPLACED}@` : whole,
    )
    .replaceAll(/([?&;])([\w.-]+)=([^&;\s"'#]+)/g, pairWithoutSecret)
    .replaceAll(IS_CONNECTION.test(text) ? PASSWORD_IN_CONNECTION : /$^/g, (whole, before: string, value: string) =>
      shapeClass('password', value) === 'secret' ? `${before}${REPLACED}` : whole,
    )
    .replaceAll(/\b(bearer|basic)\s+([\w+/.=~-]{4,})/gi, (whole, scheme: string, value: string) =>
      isRandom(value) || /\d/.test(value) ? `${scheme} ${REPLACED}` : whole,
    )
    .replaceAll(FLAG, (whole, flag: string, gap: string, value: string) => {
      const name = flag.replace(/^-+/, '');
      const [, open = '', bare = '', close = ''] = /^(\\?["']?)([\s\S]*?)(\\?["']?)$/.exec(value) ?? [];
      if (HEADER_FLAG.test(name)) return `${flag}${gap}${open}${header(bare)}${close}`;
      if (ENVIRONMENT_FLAG.test(name) && ASSIGNED.test(bare)) return `${flag}${gap}${open}${variable(bare)}${close}`;
      const pair = USER_FLAG.test(name) ? userAndPassword(bare) : null;
      return pair === null ? unlessPlain(whole, name, `${flag}${gap}`, value) : `${flag}${gap}${open}${pair}${close}`;
    })
    .replaceAll(SET, (whole, before: string, name: string, gap: string, value: string) =>
      unlessPlain(whole, name, `${before}${name}${gap}`, value),
    )
    .replaceAll(ASSIGNMENT, (whole, name: string, equals: string, value: string) =>
      unlessPlain(whole, name.replace(/\\?["']\]?$/, '').replace(/^env:/i, ''), `${name}${equals}`, value),
    )
    .replaceAll(KNOWN_ANYWHERE, REPLACED);
}

export function addressWithoutSecrets(given: string): string {
  const address = readable(given);
  const [, scheme = '', rest = ''] = /^([A-Za-z][\w+.-]*:\/\/)([\s\S]*)$/.exec(address) ?? [];
  if (scheme === '') return withoutSecret(address);
  const [, authority = '', path = '', query = '', fragment = ''] = /^([^/?#]*)([^?#]*)(\?[^#]*)?(#[\s\S]*)?$/.exec(rest) ?? [];
  const at = authority.lastIndexOf('@');
  const host = at === -1 ? authority : `${userWithoutPassword(authority.slice(0, at))}@${authority.slice(at + 1)}`;
  const segments = path
    .split('/')
    .map((part, index, all) => (isSecretSegment(decode(part), all[index - 1] ?? '') ? REPLACED : matrix(part)));
  return scheme + host + segments.join('/') + pairsWithoutSecrets(query) + pairsWithoutSecrets(fragment);
}

function userWithoutPassword(user: string): string {
  const [name = '', ...password] = user.split(':');
  if (password.length === 0) return withoutReferences(name) === name && couldBeSecret('password', name) ? REPLACED : name;
  return shapeClass('password', password.join(':')) === 'reference' ? user : `${name}:${REPLACED}`;
}

// `/token/k3y9a7f2/mcp`; but `/auth/v2` and `/keys/list` are ways.
const isSecretSegment = (part: string, before: string): boolean =>
  withoutReferences(part) === part &&
  (looksSecret(part) ||
    (saysSecret(before) && part.length >= 8 && /\d/.test(part) && !/^[a-z]+-?v?\d{1,2}$/i.test(part) && !part.includes('=')));

const pairsWithoutSecrets = (pairs: string): string =>
  pairs
    .replaceAll(/([?#&;])([^=&;]*)=([^&;]*)/g, pairWithoutSecret)
    .replaceAll(/([?#&;])([^=&;]+)(?=[&;]|$)/g, (whole, before: string, value: string) =>
      withoutReferences(value) === value && looksSecret(decode(value)) ? `${before}${REPLACED}` : whole,
    );

function pairWithoutSecret(whole: string, before: string, name: string, value: string): string {
  const plain = decode(name);
  // Azure's functions call their key `code`, its storage calls a signature `sig`.
  const shape = shapeClass(/^(?:code|sig)$/i.test(plain) ? 'secret' : plain, decode(value));
  if (shape === 'secret') return `${before}${name}=${REPLACED}`;
  return shape === 'plain' && saysSecret(plain) && isPlaceholder(decode(value)) ? `${before}${name}=${UNSAID}` : whole;
}

// `;token=…` behind a name, or `key=…` in the place of one.
const matrix = (segment: string): string => (segment.includes('=') ? pairsWithoutSecrets(`;${segment}`).slice(1) : segment);

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
  if (value.includes(REPLACED)) return whole;
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
    .replaceAll(/\$\{([^}]{0,1000})\}/g, (_, inside: string) => /:-([\s\S]*)$/.exec(inside)?.[1] ?? '')
    .replaceAll(/\{(?:env|file):[^}]{0,200}\}|\{\{[^}]{0,200}\}\}|\$\([^)]{0,200}\)/g, '')
    .replaceAll(/\$(?:env:)?[A-Za-z_]\w*|%[A-Za-z_]\w*%|!\w+/g, '')
    .replaceAll(/\b(?:op|vault|keychain|keyring|secret|secrets|aws-sm|gcp-sm|azure-kv|bw|pass|infisical|doppler):\/\/\S+/g, '')
    .replaceAll(/\b(?:keychain|keyring|vault|input|secret):[\w./-]+/g, '');
}

const hasPassword = (text: string): boolean =>
  isAddress(text)
    ? addressWithoutSecrets(text) !== text
    : /(?:password|pwd|accountkey|sharedaccesskey)\s*=\s*[^;\s]{4,}/i.test(text);

const isAddress = (text: string): boolean => /^[A-Za-z][\w+.-]*:\/\/\S+$/.test(text);

// Names are as long as names are: without an end to them, a long line would be read once for each of its letters.
const ADDRESS = /\b[A-Za-z][\w+.-]{0,30}:\/\/[^\s"'`<>]+/g;
// `name=value`, `name: value`, `"name": "value"`, also where the quotes are escaped once more.
const ASSIGNMENT =
  /(?<![\w-])((?:env:)?[A-Za-z_][\w.-]{0,100}(?:\\?["']\]?)?)(\s*[=:]\s*)(\\"[^"\\]*\\"|"[^"]*"|'[^']*'|[^\s;&|"',}\\]+)/g;
const FLAG = /(?<![\w-])(--?[A-Za-z][\w.-]{0,100})(\s+|[=:])(\\"[^"\\]*\\"|"[^"]*"|'[^']*'|[^\s;&|"'-][^\s;&|"']*)/g;
// `set -x TOKEN value` of fish, `setx TOKEN value` of Windows, `npm config set token value`.
const SET = /\b((?:set|setx|setenv)(?:\s+-\w+)*\s+)([A-Za-z_][\w.-]*)(\s+)("[^"]*"|'[^']*'|[^\s;&|"'-][^\s;&|"']*)/g;
// `Server=db;User Id=sa;Password=four words of it;Encrypt=true`.
const IS_CONNECTION = /^[\w .]+=[^;]*(?:;[\w .]+=[^;]*)+;?\s*$/;
const PASSWORD_IN_CONNECTION =
  /((?:^|;)\s*(?:password|pwd|passphrase|accountkey|sharedaccesskey|secret|token|apikey)\s*=\s*)([^;"']+)/gi;
const LOOSE_USER = /(^|[\s/"'=])([\w.+-]{1,100}):([^\s:@/]{1,500})@(?=[\w[])/g;

const print = (value: string, salt: string): string => hash('sha256', `${salt}\0${value}`).slice(0, 16);

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
