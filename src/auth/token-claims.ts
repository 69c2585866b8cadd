// What a token says of itself. Read, never trusted: only the server can check the signature.

export type TokenClaims = {
  expiresAt: number | null;
  id: string | null;
  userId: string | null;
  email: string | null;
  organizationId: string | null;
};

/** The claims that a client needs. Each is null where the token is not a JWT or lacks it. `expiresAt` is in milliseconds. */
export function tokenClaims(token: string): TokenClaims {
  const claims = payloadOf(token);
  const text = (name: string): string | null => (typeof claims[name] === 'string' ? (claims[name] as string) : null);
  const { exp } = claims;
  return {
    expiresAt: typeof exp === 'number' ? exp * 1000 : null,
    id: text('jti'),
    userId: text('user_id'),
    email: text('email'),
    organizationId: text('organization_id'),
  };
}

function payloadOf(token: string): Record<string, unknown> {
  const [, payload, signature] = token.split('.');
  if (payload === undefined || signature === undefined) return {};
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return typeof claims === 'object' && claims !== null ? (claims as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** `absent`, `valid`, `expired`, or `unknown` where it cannot be told (wire-auth §5). */
export function tokenState(token: string | undefined, now: number = Date.now()): 'absent' | 'valid' | 'expired' | 'unknown' {
  if (token === undefined) return 'absent';
  const { expiresAt } = tokenClaims(token);
  return expiresAt === null ? 'unknown' : expiresAt > now ? 'valid' : 'expired';
}
