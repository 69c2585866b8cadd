// Canonical JSON with one signature over it: payload, signature and public key, each base64. What receipts are kept as.

import canonicalize from 'canonicalize';
import { z } from 'zod';
import { type SigningKey, verifySignature } from './ed25519.ts';

/** `payload` is base64 of the signed bytes; `signature` and `publicKey` are base64, as everywhere in AIM. */
export type SignedPayload = { payload: string; signature: string; publicKey: string };
const signedPayload = z.object({
  payload: z.string().max(20_000),
  signature: z.string().max(200),
  publicKey: z.string().max(100),
});

export function signPayload(content: object, key: SigningKey): SignedPayload {
  const bytes = Buffer.from(canonical(content), 'utf8');
  return { payload: bytes.toString('base64'), signature: key.sign(bytes), publicKey: key.publicKey };
}

export type Opened =
  | { fits: true; content: unknown; text: string; publicKey: string }
  | { fits: false; code: 'malformed' | 'signature'; because: string };

/** What was signed, where the signature fits. It says nothing of whose key that is. */
export function openPayload(sent: unknown): Opened {
  const parsed = signedPayload.safeParse(sent);
  if (!parsed.success)
    return { fits: false, code: 'malformed', because: 'It is not a receipt: payload, signature and publicKey are needed.' };
  const { payload, signature, publicKey } = parsed.data;
  const bytes = Buffer.from(payload, 'base64');
  // Base64 has several spellings of the same bytes; a receipt has one, so that each change of it shows.
  if (bytes.toString('base64') !== payload || !verifySignature(bytes, signature, publicKey))
    return { fits: false, code: 'signature', because: 'The signature does not fit: it was changed after it was signed.' };
  const text = bytes.toString('utf8');
  return { fits: true, content: jsonOf(text), text, publicKey };
}

/** RFC 8785. @throws TypeError where the content holds what JSON cannot say. */
export function canonical(content: object): string {
  const text = canonicalize(content);
  if (text === undefined) throw new TypeError('A receipt cannot be empty.');
  return text;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
