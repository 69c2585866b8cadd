// Signing in at an OpenID Connect provider: authorization code flow with PKCE, state and nonce, bound to the browser that began it.

import { createHash, randomBytes } from 'node:crypto';
import type { Configuration } from 'openid-client';
import { UsageError } from '../../errors.ts';
import type { Role } from '../../wire/session.ts';
import { Refusal } from '../refusal.ts';
import type { Services } from '../services.ts';

export type OidcSettings = {
  issuer: string;
  clientId: string;
  /** A public client has none. */
  clientSecret?: string | undefined;
  scope?: string | undefined;
  /** The member of the ID token that lists groups; `realm_access.roles` looks one deeper. */
  groupsClaim?: string | undefined;
  /** Which group gives which role. */
  roles?: readonly { role: Role; group: string }[] | undefined;
  /** For people in none of the groups. `pending` waits for an administrator, `none` stays out. */
  otherwise?: Role | 'pending' | 'none' | undefined;
};

/** What the person was about to do here. */
export type Purpose =
  | { kind: 'program'; redirectUri: string; state: string; challenge: string; isFresh: boolean }
  | { kind: 'device'; userCode: string; decision: 'allow' | 'deny' };

export type ExternalIdentity = {
  issuer: string;
  subject: string;
  email: string | null;
  isEmailVerified: boolean;
  name: string | null;
  groups: string[];
  /** When the provider last asked the person to prove it; null where it does not say. */
  provedAt: number | null;
};

export type Oidc = {
  readonly settings: OidcSettings;
  /** What the button says. */
  readonly label: string;
  begin(services: Services, purpose: Purpose, now: number): Promise<{ location: string; visitor: string }>;
  finish(
    services: Services,
    come: { query: string; visitor: string | null },
    now: number,
  ): Promise<{ identity: ExternalIdentity; purpose: Purpose }>;
};

const LIFETIME = 10 * 60 * 1000;
const TIMEOUT_SECONDS = 10;
export const CALLBACK = '/auth/oidc/callback';

/** @throws UsageError for an issuer that is not https, except on this machine. */
export function createOidc(settings: OidcSettings): Oidc {
  const issuer = new URL(settings.issuer);
  const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(issuer.hostname);
  if (issuer.protocol !== 'https:' && !(issuer.protocol === 'http:' && isHere)) {
    throw new UsageError('serve.oidc', {
      message: `The issuer ${settings.issuer} does not begin with https://.`,
      next: 'Give the address of the provider as its discovery document names it: --oidc-issuer https://…',
      field: 'oidcIssuer',
    });
  }
  // Asked at the first sign-in, not at the start: a provider that is away must not keep the control plane from starting.
  let known: Promise<Configuration> | undefined;
  const configuration = (): Promise<Configuration> => {
    known ??= discover(settings, issuer).catch((error: unknown) => {
      known = undefined;
      throw error;
    });
    return known;
  };

  return {
    settings,
    label: issuer.host,
    async begin(services, purpose, now) {
      const client = await import('openid-client');
      const config = await configuration();
      const [verifier, nonce, state, visitor] = [client.randomPKCECodeVerifier(), random(), random(), random()];
      await services.changes.record(({ queries }) =>
        queries
          .insertInto('oidcFlows')
          .values({
            stateHash: hashOf(state),
            visitorHash: hashOf(visitor),
            verifier,
            nonce,
            purpose: JSON.stringify(purpose),
            expiresAt: now + LIFETIME,
          })
          .execute(),
      );
      const location = client.buildAuthorizationUrl(config, {
        redirect_uri: `${services.publicUrl}${CALLBACK}`,
        scope: settings.scope ?? 'openid email profile',
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state,
        nonce,
        ...howFresh(config, purpose),
      });
      return { location: location.href, visitor };
    },
    async finish(services, { query, visitor }, now) {
      const client = await import('openid-client');
      const state = new URLSearchParams(query).get('state') ?? '';
      // Whatever comes of it, a state is tried once.
      const flow = await services.changes.record(({ queries }) =>
        queries.deleteFrom('oidcFlows').where('stateHash', '=', hashOf(state)).returningAll().executeTakeFirst(),
      );
      if (flow === undefined || flow.expiresAt <= now || visitor === null || flow.visitorHash !== hashOf(visitor))
        throw new Refusal(400, 'signInNotBegun', 'This sign-in was not begun in this browser, or it took too long');
      const config = await configuration();
      const tokens = await client
        .authorizationCodeGrant(config, new URL(`${services.publicUrl}${CALLBACK}?${query}`), {
          pkceCodeVerifier: flow.verifier,
          expectedNonce: flow.nonce,
          expectedState: state,
          idTokenExpected: true,
        })
        .catch((error: unknown) => {
          throw refusalOf(error);
        });
      const claims = { ...tokens.claims() } as Record<string, unknown>;
      const subject = String(claims['sub']);
      // Many providers say little in the ID token; what they say there goes first.
      if (typeof claims['email'] !== 'string' && config.serverMetadata().userinfo_endpoint !== undefined)
        Object.assign(claims, { ...(await client.fetchUserInfo(config, tokens.access_token, subject)), ...claims });
      return { identity: identityOf(claims, settings, subject), purpose: JSON.parse(flow.purpose) as Purpose };
    },
  };
}

// With an age, however long, a provider has to say when it asked last. Somebody else may be signed in there in this browser;
// providers refuse prompts that they do not know, so to choose is asked only of those that say they can.
function howFresh(config: Configuration, purpose: Purpose): { prompt?: string; max_age: string } {
  if (purpose.kind === 'program' && purpose.isFresh) return { prompt: 'login', max_age: '0' };
  const supported = config.serverMetadata()['prompt_values_supported'];
  const mayChoose = Array.isArray(supported) && supported.includes('select_account');
  return { ...(mayChoose && { prompt: 'select_account' }), max_age: String(LONGEST_AT_PROVIDER) };
}

const LONGEST_AT_PROVIDER = 30 * 24 * 60 * 60;

async function discover({ clientId, clientSecret }: OidcSettings, issuer: URL): Promise<Configuration> {
  const client = await import('openid-client');
  const authentication = clientSecret === undefined ? client.None() : client.ClientSecretPost(clientSecret);
  try {
    return await client.discovery(issuer, clientId, undefined, authentication, {
      timeout: TIMEOUT_SECONDS,
      execute: issuer.protocol === 'http:' ? [client.allowInsecureRequests] : [],
    });
  } catch (error) {
    throw new Refusal(
      502,
      'providerUnreachable',
      `The identity provider ${issuer.host} cannot be reached (${(error as Error).message})`,
    );
  }
}

function refusalOf(error: unknown): unknown {
  const {
    error: code,
    error_description: description,
    name,
  } = error as { error?: string; error_description?: string; name?: string };
  if (code === 'access_denied') return new Refusal(403, 'access_denied', 'The identity provider did not let you in');
  if (code !== undefined) return new Refusal(502, 'providerRefused', `The identity provider refused: ${description ?? code}`);
  if (name === 'TypeError') return new Refusal(502, 'providerUnreachable', 'The identity provider cannot be reached');
  return new Refusal(502, 'providerAnswer', `What the identity provider answered does not hold: ${(error as Error).message}`);
}

function identityOf(
  claims: Record<string, unknown>,
  { issuer, groupsClaim = 'groups' }: OidcSettings,
  subject: string,
): ExternalIdentity {
  const text = (name: string): string | null =>
    typeof claims[name] === 'string' && claims[name] !== '' ? (claims[name] as string).slice(0, 320) : null;
  const found: unknown = groupsClaim
    .split('.')
    .reduce((value: unknown, name) => (value as Record<string, unknown> | undefined)?.[name], claims);
  const groups = (Array.isArray(found) ? found : typeof found === 'string' ? [found] : []).filter(
    (each): each is string => typeof each === 'string',
  );
  return {
    issuer,
    subject,
    email: text('email'),
    isEmailVerified: claims['email_verified'] === true,
    name: text('name'),
    groups,
    provedAt: typeof claims['auth_time'] === 'number' ? claims['auth_time'] * 1000 : null,
  };
}

const random = (): string => randomBytes(24).toString('base64url');
const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64url');
