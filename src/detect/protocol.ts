// Which protocol an agent speaks: by names of environment variables and packages. The values of variables are never looked at.

export type Protocol = 'mcp' | 'a2a' | 'oauth' | 'saml' | 'did' | 'acp';
/** The protocol that an agent speaks, and what says so. */
export type ProtocolFinding = {
  protocol: Protocol;
  /** 0 to 100. */
  confidence: number;
  indicators: { type: 'explicit' | 'environment' | 'import'; indicator: string }[];
};

const VARIABLES: Record<Protocol, readonly string[]> = {
  mcp: ['MCP_SERVER_MODE', 'MCP_SERVER_NAME', 'MCP_TRANSPORT'],
  a2a: ['A2A_AGENT_MODE', 'AGENT_TO_AGENT', 'A2A_ENDPOINT'],
  oauth: ['OAUTH_CLIENT_ID', 'OAUTH_CLIENT_SECRET', 'OAUTH_TOKEN_URL', 'OAUTH_PROVIDER'],
  saml: ['SAML_IDP_URL', 'SAML_ENTITY_ID', 'SAML_CERT', 'SAML_SSO_URL'],
  did: ['DID_METHOD', 'DID_RESOLVER', 'DECENTRALIZED_ID'],
  acp: ['ACP_AGENT_ID', 'ACP_PROTOCOL_VERSION'],
};

const PACKAGES: Record<Protocol, RegExp | null> = {
  mcp: /^(@modelcontextprotocol\/|mcp-)/,
  a2a: /^(@a2a-js\/|a2a-)/,
  oauth: /^(openid-client|oauth4webapi|simple-oauth2|passport-oauth2)$/,
  saml: /^(@node-saml\/|samlify$|passport-saml$)/,
  did: /^(did-|@digitalbazaar\/did-)/,
  acp: /^(@zed-industries\/agent-client-protocol|acp-)/,
};

type Surroundings = {
  explicit?: string | undefined;
  env?: Readonly<Record<string, string | undefined>>;
  packages?: readonly string[];
};

/** What was said, else what the environment names, else what is imported, else MCP. */
export function detectProtocol({ explicit, env = process.env, packages = [] }: Surroundings = {}): ProtocolFinding {
  const said = explicit?.trim().toLowerCase();
  if (said !== undefined && Object.hasOwn(VARIABLES, said))
    return { protocol: said as Protocol, confidence: 100, indicators: [{ type: 'explicit', indicator: said }] };
  const protocols = Object.keys(VARIABLES) as Protocol[];
  for (const protocol of protocols) {
    const set = VARIABLES[protocol].filter((name) => env[name]);
    if (set.length > 0)
      return {
        protocol,
        confidence: Math.min(90 + 2 * (set.length - 1), 100),
        indicators: set.map((indicator) => ({ type: 'environment', indicator })),
      };
  }
  for (const protocol of protocols) {
    const used = packages.filter((name) => PACKAGES[protocol]?.test(name));
    if (used.length > 0)
      return {
        protocol,
        confidence: Math.min(60 + 5 * (used.length - 1), 100),
        indicators: used.map((indicator) => ({ type: 'import', indicator })),
      };
  }
  return { protocol: 'mcp', confidence: 50, indicators: [] };
}

/** The same, under the name of the Python SDK. */
export const autoDetectProtocol: typeof detectProtocol = detectProtocol;
