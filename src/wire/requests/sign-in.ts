// What clients send to sign in, stay signed in, and sign out (wire-auth §1, §2).

import { z } from 'zod';
import { wireObject } from '../casing.ts';

const secret = z.string().max(4096);

export const authorizeQuery = z.object({
  response_type: z.literal('code', { error: 'must be code' }),
  redirect_uri: z
    .string()
    .max(200)
    .regex(/^http:\/\/(localhost|127\.0\.0\.1):\d{1,5}\/callback$/, 'must be http://localhost:<port>/callback')
    // Five digits are more than there are ports.
    .refine((address) => URL.canParse(address), 'must be http://localhost:<port>/callback'),
  state: z.string().min(8).max(512),
  code_challenge: z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'must be the SHA-256 of the verifier in base64url'),
  code_challenge_method: z.literal('S256', { error: 'must be S256' }),
  /** `login`, or an age of 0: whoever is signed in already has to prove it anew. */
  prompt: z.string().max(50).optional(),
  max_age: z.string().max(20).optional(),
});
export type AuthorizeQuery = z.output<typeof authorizeQuery>;

export const loginForm = authorizeQuery.extend({
  email: z.string().max(320).default(''),
  password: z.string().max(1024).default(''),
  csrf: z.string().max(200).default(''),
  /** Which button was pressed. */
  with: z.enum(['password', 'provider']).default('password'),
});

export const codeExchange = wireObject({
  grantType: z.string().max(200).optional(),
  code: z.string().max(200).optional(),
  codeVerifier: z.string().max(200).optional(),
  redirectUri: z.string().max(200).optional(),
});

export const passwordLogin = wireObject({ email: z.string().trim().min(1).max(320), password: z.string().min(1).max(1024) });
export const refreshRequest = wireObject({ refreshToken: secret.min(1, 'must not be empty') });
export const logoutRequest = z.preprocess(
  (body) => (typeof body === 'object' && body !== null ? body : {}),
  wireObject({ refreshToken: secret.nullish().catch(null) }),
);
const nonce = z.string().min(16).max(200);
export const localOperatorChallenge = wireObject({ clientNonce: nonce });
export const localOperator = wireObject({
  clientNonce: nonce,
  serverNonce: nonce,
  proof: z.string().min(1).max(200),
  /** For agents of this machine, whose sign-in outlives a restart. */
  lasting: z.boolean().default(false),
});
export const passwordChange = wireObject({
  currentPassword: z.string().max(1024),
  newPassword: z.string().min(8, 'must have at least 8 characters').max(1024),
});
export const newApiKey = wireObject({
  name: z.string().trim().min(1).max(200),
  agentId: z.string().max(100).nullish(),
  expiresAt: z.iso.datetime({ offset: true }).nullish(),
});

export const deviceCodeRequest = z.preprocess(
  (body) => (typeof body === 'object' && body !== null ? body : {}),
  wireObject({ clientId: z.string().min(1).max(100).catch('opena2a-cli'), scope: z.string().max(500).nullish().catch(null) }),
);
export const deviceTokenRequest = wireObject({
  deviceCode: z.string().max(200).optional(),
  grantType: z.string().max(200).optional(),
});
export const deviceApproval = wireObject({ userCode: z.string().min(1).max(20) });
export const deviceForm = z.object({
  user_code: z.string().max(20).default(''),
  email: z.string().max(320).default(''),
  password: z.string().max(1024).default(''),
  csrf: z.string().max(200).default(''),
  decision: z.enum(['allow', 'deny', 'provider']).default('deny'),
});
export const serviceTokenRequest = wireObject({
  grantType: z.string().max(200).optional(),
  clientId: z.string().max(100).optional(),
  clientAssertion: z.string().max(8000).optional(),
  clientAssertionType: z.string().max(200).optional(),
});
