// What the agent signed, read from its signed bytes and from nothing else: the server's own fields are never asked.

import { actionHash } from '../../crypto/action.ts';
import { type ExactJson, isNumberToken, parseExact } from '../../crypto/exact-json.ts';
import type { Binding } from '../../wire/verification.ts';

export type SignedContent = {
  /** Lower-case hex of SHA-256 over the signed bytes, computed here. Decisions are bound to it. */
  hash: string;
  capability: string;
  agentId: string;
  resource: string | null;
  context: { readonly [name: string]: ExactJson };
  timestamp: string | null;
  riskLevel: string | null;
  /** Members that this version has no name for. They were signed, so they are shown. */
  others: { readonly [name: string]: ExactJson };
};

export type Unreadable = { unreadable: string };

/** Reads the signed bytes of a request. What cannot be read completely and in one way only is not read at all, and says why. */
export function readSignedContent(binding: Binding): SignedContent | Unreadable {
  const bytes = bytesOf(binding.signedBytes);
  if (bytes === null) return { unreadable: 'The signed bytes are not base64.' };
  const text = textOf(bytes);
  if (text === null) return { unreadable: 'The signed bytes are not text.' };
  if (text.length > LARGEST) return { unreadable: 'The signed text is too large for a person to read.' };
  const shape = shapeOf(text);
  if (shape.depth > DEEPEST) return { unreadable: 'The signed text is nested too deeply for a person to read.' };
  if (shape.hasRepeatedMember) return { unreadable: 'A member appears twice, so that two readers may read two actions.' };
  const members = membersOf(jsonOf(text));
  if (members === null) return { unreadable: 'The signed text is not a JSON object.' };
  const { action_type: capability, agent_id: agentId, resource = null, context = {}, timestamp = null, ...rest } = members;
  const { risk_level: riskLevel = null, ...others } = rest;
  if (typeof capability !== 'string' || capability === '') return { unreadable: 'The signed text names no action.' };
  if (typeof agentId !== 'string' || agentId === '') return { unreadable: 'The signed text names no agent.' };
  if (resource !== null && typeof resource !== 'string') return { unreadable: 'The signed resource is not text.' };
  const parameters = membersOf(context);
  if (parameters === null) return { unreadable: 'The signed context is not an object.' };
  return {
    hash: actionHash(bytes),
    capability,
    agentId,
    resource: resource === '' ? null : resource,
    context: parameters,
    timestamp: typeof timestamp === 'string' ? timestamp : null,
    riskLevel: typeof riskLevel === 'string' ? riskLevel : null,
    others,
  };
}

/** The bytes that the signature covers: the text itself, or for a signed statement its DSSE pre-authentication encoding (wire-agents §4.3). */
export function signatureInput(binding: Binding): Uint8Array | null {
  const bytes = bytesOf(binding.signedBytes);
  if (bytes === null || binding.form === 'original') return bytes;
  const head = `DSSEv1 ${PAYLOAD_TYPE.length} ${PAYLOAD_TYPE} ${bytes.length} `;
  return Buffer.concat([Buffer.from(head, 'utf8'), bytes]);
}

const PAYLOAD_TYPE = 'application/vnd.opena2a.action-request.v1+json';

/** Standard or URL-safe base64, padded or not. Null where it is neither, or a decoder would have to guess. */
function bytesOf(base64: string): Buffer | null {
  const standard = base64.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '');
  const bytes = Buffer.from(standard, 'base64');
  return standard !== '' && bytes.toString('base64').replace(/=+$/, '') === standard ? bytes : null;
}

function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

function jsonOf(text: string): ExactJson {
  try {
    return parseExact(text);
  } catch {
    return null;
  }
}

type Members = { readonly [name: string]: ExactJson };

function membersOf(value: ExactJson): Members | null {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value) && !isNumberToken(value);
  return isObject ? (value as Members) : null;
}

/** Signed statements are limited to 65,536 bytes and a depth of 32 by the protocol; AIM's original form has no limits of its own. */
const LARGEST = 1 << 20;
const DEEPEST = 64;

/**
 * Whether an object in the text has two members of one name, and how deep it goes. JSON.parse takes the last of two and other parsers the
 * first: the reviewer would see one action and the agent's tool would run the other.
 */
export function shapeOf(text: string): { hasRepeatedMember: boolean; depth: number } {
  const open: (Set<string> | null)[] = [];
  let hasRepeatedMember = false;
  let depth = 0;
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(null);
    else if (token === '}' || token === ']') open.pop();
    else if (token.endsWith(':')) {
      const names = open.at(-1);
      const name = nameOf(token);
      if (names?.has(name)) hasRepeatedMember = true;
      names?.add(name);
    }
    depth = Math.max(depth, open.length);
  }
  return { hasRepeatedMember, depth };
}

/** Braces, brackets, and strings with the colon that makes them a name. */
const TOKEN = /[{}[\]]|"(?:[^"\\]|\\.)*"(?:\s*:)?/gs;

function nameOf(token: string): string {
  try {
    return JSON.parse(token.replace(/\s*:$/, '')) as string;
  } catch {
    return token;
  }
}
