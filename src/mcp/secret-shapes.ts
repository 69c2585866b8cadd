// What a secret looks like: by known shapes, by randomness, by the name that it stands behind.

export const isPlaceholder = (text: string): boolean =>
  /^(?:<[^>]*>|\[[^\]]*\]|x{3,}|\*{3,}|\.{3,}|0+)$/i.test(text) ||
  /^(?:your|insert|replace|enter|put|add)[-_ ].*|^my[-_ ][a-z_ -]*(?:key|token|secret|password)(?:[-_ ]here)?$|change[-_]?me|placeholder|to[-_]?do\b|^example$|dummy|redacted/i.test(
    text,
  );

export const saysSecret = (name: string): boolean =>
  /(?:^|[^a-z])(?:pat|pwd|key|auth|cookie|dsn|session|salt|sig|signature|credentials?|jwt|otp|pin|hmac)(?:$|[^a-z])|(?:^|[^a-z])pass(?:code)?$|token|secret|passw|passphrase|api[-_]?key|apikey|private[-_]?key|access[-_]?key|authorization|bearer|credential|connection[-_]?string/i.test(
    name.replaceAll(/([a-z])([A-Z])/g, '$1_$2'),
  ) && !/(?:_|-)(?:file|path|dir|url|uri|endpoint|name|id|type|mode|ttl|host|port|region)$/i.test(name);

// Behind a name like TOKEN, anything is a secret that is not plainly something else.
export const couldBeSecret = (name: string, text: string): boolean =>
  text.length >= 4 &&
  !/^(?:bearer|basic|token|true|false|yes|no|none|null|undefined|auto|on|off|\d{1,5}|[./~][\w./ -]*|https?:\/\/[^@?]*)$/i.test(
    text,
  ) &&
  // `--auth oauth` and `--session default` name a manner, not a secret.
  (!/^[a-z]{1,12}$/.test(text) || ALWAYS_SECRET.test(name));

const ALWAYS_SECRET = /token|secret|passw|passphrase|pwd|api[-_]?key|private|credential|bearer|authorization|jwt|pat$/i;

export const looksSecret = (text: string): boolean =>
  KNOWN.test(text) || isRandom(text.replace(/^(?:bearer|basic|token)\s+/i, ''));

/** Long, of one piece, and without the regularity of words, paths, versions and names. */
export function isRandom(text: string): boolean {
  if (text.length < 20 || text.length > 4_096 || !/^[\w+/=.~-]+$/.test(text)) return false;
  if (/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text)) return false; // a UUID names something
  if (/^(?:sha256|sha512|sha1)[:-]/.test(text)) return false;
  if (/^[0-9a-f]+$/i.test(text))
    return text.length >= 32 && /\d/.test(text) && /[a-f]/i.test(text) && bitsPerCharacter(text) > 2.8;
  if (/^[./~]|\/.*\/|^@[\w-]+\//.test(text) && !/[+=]/.test(text)) return false; // a path or a package
  // Letters and digits in one piece that change places all the time, as no word and no version does.
  if (/^[a-z0-9]{24,}$/.test(text)) return (text.match(/[a-z]\d/g)?.length ?? 0) >= 4 && bitsPerCharacter(text) > 3.4;
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
export const KNOWN_ANYWHERE = new RegExp(`(?<![A-Za-z0-9])(?:${SHAPES})`, 'g');
