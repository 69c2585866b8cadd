// What brings agents and people in, and the sealed secrets that wait for an agent (wire-auth §2.9, wire-mcp-logs-a2a §8).

import { z } from 'zod';
import { agentTypes } from '../agent.ts';
import { wireObject } from '../casing.ts';
import { emailAddress } from '../email.ts';

export const newBootstrapToken = z.preprocess(
  (body) => body ?? {},
  wireObject({
    name: z.string().trim().max(200).default(''),
    /** The only name that it may register. */
    agentName: z.string().trim().min(1).max(200).nullish(),
    ttlSeconds: z.number().int().min(30).max(3600).default(900),
  }),
);
export const bootstrapExchange = wireObject({
  name: z.string().trim().min(1, 'must not be empty').max(200),
  agentType: z.enum([...agentTypes, 'mcp_server']).nullish(),
  publicKey: z.string().min(1).max(100),
});

/** The signed line is joined by bars: a name with one in it could be read in two ways. */
const secretName = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^[^|\p{C}]+$/u, 'must be a name without a bar in it');
const base64 = (longest: number) =>
  z
    .string()
    .min(1)
    .max(longest)
    .regex(/^[A-Za-z0-9+/]+={0,2}$/, 'must be base64');

export const newNamespace = wireObject({
  agentId: z.string().max(100),
  namespace: secretName,
  operations: z.array(secretName).min(1).max(50).default(['read']),
  urlPatterns: z.array(z.string().min(1).max(2000)).max(50).default([]),
});
export const namespaceList = wireObject({ agentId: z.string().max(100).optional() });
export const sealedCredential = wireObject({
  encryptedBlob: base64(100_000),
  encryptionAlgorithm: z.literal('X25519-ChaCha20-Poly1305').default('X25519-ChaCha20-Poly1305'),
  ephemeralPublicKey: base64(44),
});
export const secretResolution = wireObject({
  namespace: secretName,
  operation: secretName.default('read'),
  nonce: z.string().min(20).max(200),
  signature: base64(100),
  agentPublicKey: base64(44),
});
export const secretAuditQuery = wireObject({
  agentId: z.string().max(100),
  since: z.iso.datetime({ offset: true }).optional(),
  limit: z.coerce.number().int().min(1).max(500).catch(50),
  offset: z.coerce.number().int().min(0).catch(0),
});

export const publicRegistration = wireObject({
  email: emailAddress,
  firstName: z.string().trim().min(1).max(100),
  lastName: z.string().trim().min(1).max(100),
  password: z.string().min(8, 'must have at least 8 characters').max(1024),
});
export const publicPasswordChange = wireObject({
  email: z.string().trim().min(1).max(320),
  oldPassword: z.string().min(1).max(1024),
  newPassword: z.string().min(8, 'must have at least 8 characters').max(1024),
});
