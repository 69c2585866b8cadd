// Passwords as self-describing hashes: Argon2id where this Node has it, else scrypt; each names its parameters.

import * as crypto from 'node:crypto';
import { promisify } from 'node:util';

/** A new hash, in PHC string form. */
export async function hashPassword(password: string): Promise<string> {
  const salt = crypto.randomBytes(16);
  if (argon2 !== undefined) {
    const hash = await argon2('argon2id', {
      message: Buffer.from(password),
      nonce: salt,
      memory: ARGON2.memory,
      passes: ARGON2.passes,
      parallelism: ARGON2.parallelism,
      tagLength: 32,
    });
    return `$argon2id$v=19$m=${ARGON2.memory},t=${ARGON2.passes},p=${ARGON2.parallelism}$${b64(salt)}$${b64(hash)}`;
  }
  const hash = await scrypt(password, salt, SCRYPT);
  return `$scrypt$ln=${Math.log2(SCRYPT.N)},r=${SCRYPT.r},p=${SCRYPT.p}$${b64(salt)}$${b64(hash)}`;
}

/** Whether the password is the one of the hash. Takes as long for an account that does not exist (`hash` null). */
export async function isPassword(password: string, hash: string | null): Promise<boolean> {
  const [, kind, ...rest] = (hash ?? (await decoy())).split('$');
  const expected = Buffer.from(rest.at(-1) ?? '', 'base64');
  const salt = Buffer.from(rest.at(-2) ?? '', 'base64');
  const parameters = Object.fromEntries((rest.at(-3) ?? '').split(',').map((pair) => pair.split('='))) as Record<
    string,
    string
  >;
  let found: Buffer;
  if (kind === 'argon2id' && argon2 !== undefined) {
    found = await argon2('argon2id', {
      message: Buffer.from(password),
      nonce: salt,
      memory: Number(parameters['m']),
      passes: Number(parameters['t']),
      parallelism: Number(parameters['p']),
      tagLength: expected.length,
    });
  } else if (kind === 'scrypt') {
    const N = 2 ** Number(parameters['ln']);
    found = await scrypt(password, salt, {
      N,
      r: Number(parameters['r']),
      p: Number(parameters['p']),
      maxmem: 256 * 1024 * 1024,
    });
  } else {
    return false; // made by an Argon2id that this Node lacks
  }
  return found.length === expected.length && crypto.timingSafeEqual(found, expected) && hash !== null;
}

// OWASP Password Storage Cheat Sheet: Argon2id with 19 MiB and two passes; scrypt with N=2^17, r=8, p=1.
const ARGON2 = { memory: 19_456, passes: 2, parallelism: 1 };
const SCRYPT = { N: 2 ** 17, r: 8, p: 1, maxmem: 256 * 1024 * 1024 };

type Argon2 = (algorithm: 'argon2id', parameters: Record<string, unknown>) => Promise<Buffer>;
// In Node ≥ 24.7.
const ofNode =
  'argon2' in crypto && typeof crypto.argon2 === 'function' ? (promisify(crypto.argon2) as unknown as Argon2) : undefined;
const argon2: Argon2 | undefined =
  ofNode === undefined ? undefined : (algorithm, parameters) => inTurn(() => ofNode(algorithm, parameters));

const scrypt = (password: string, salt: Buffer, options: crypto.ScryptOptions): Promise<Buffer> =>
  inTurn(
    () =>
      new Promise((resolve, reject) => {
        crypto.scrypt(password, salt, 32, options, (error, key) => (error === null ? resolve(key) : reject(error)));
      }),
  );

// Signatures of agents are checked on the same four threads: whoever guesses many passwords at once must not keep them all. Of
// scrypt one takes 128 MiB.
const AT_ONCE = ofNode === undefined ? 1 : 2;
let running = 0;
const waiting: (() => void)[] = [];

async function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  if (running >= AT_ONCE) await new Promise<void>((go) => void waiting.push(go));
  else running += 1;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }
}

let decoyHash: Promise<string> | undefined;
const decoy = (): Promise<string> => (decoyHash ??= hashPassword('nobody has this password'));

const b64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64').replace(/=+$/, '');
