// Where our answers differ from those recorded from AIM's own server of October 2025, and why.

type Difference = {
  /** Method and pattern of the route. */
  at: string;
  /** What is not as it was; `*` at the end stands for anything. */
  differs: string[];
  because: string;
};

const replay = 'the journey is replayed by one administrator after others, so that the thing is gone or in another state';
const strict = 'bad input is refused here with a 4xx, where that server accepted it or answered with nothing';
const unknown = 'what is not there is 404 here, where that server answered as if it were';

export const differences: Difference[] = [
  { at: 'GET /health/ready', differs: ['.redis is missing'], because: 'there is no Redis here' },
  {
    at: 'GET /api/v1/users/me/sdk-tokens',
    differs: [
      '.tokens[].deviceFingerprint is missing',
      '.tokens[].ipAddress is missing',
      '.tokens[].usageCount is missing',
      '.tokens[].metadata is missing',
    ],
    because: 'nobody is followed by a fingerprint; addresses are in the audit log',
  },
  { at: 'GET /api/v1/webhooks', differs: ['.webhooks[].secret is missing'], because: 'a secret is shown once' },
  { at: 'GET /api/v1/webhooks/:id', differs: ['.secret is missing'], because: 'a secret is shown once' },
  { at: 'GET /api/v1/agents/:id', differs: ['answers 404 notFound'], because: unknown },
  ...['GET /api/v1/agents/:id/credentials', 'GET /api/v1/agents/:id/sdk', 'GET /api/v1/sdk/download'].map((at) => ({
    at,
    differs: ['answers 422 privateKeyNotHeld', 'answers 404 notFound'],
    because: 'the server never has an agent’s private key to give away',
  })),
  { at: 'PUT /api/v1/agents/:id/keys', differs: ['answers 400 invalidRequest'], because: strict },
  {
    at: 'POST /api/v1/agents/:id/verify',
    differs: ['answers 409 *'],
    because: 'the table of lifecycle transitions (wire-agents §3)',
  },
  { at: 'DELETE /api/v1/agents/:id', differs: ['answers 404 notFound'], because: replay },
  { at: 'POST /api/v1/agents/:id/suspend', differs: ['answers 404 notFound'], because: replay },
  { at: 'POST /api/v1/agents/:id/reactivate', differs: ['answers 404 notFound'], because: replay },
  { at: 'POST /api/v1/admin/alerts/:id/acknowledge', differs: ['answers 404 notFound'], because: unknown },
  { at: 'POST /api/v1/admin/alerts/:id/resolve', differs: ['answers 404 notFound'], because: unknown },
  {
    at: 'GET /api/v1/analytics/trends',
    differs: ['.summary.changePercentage is missing', '.summary.trendDirection is missing'],
    because: 'a direction of two points is a guess; the points are given',
  },
  { at: 'GET /api/v1/api-keys', differs: ['.apiKeys[].keyHash is missing'], because: 'nobody needs the hash of a secret' },
  {
    at: 'GET /api/v1/sdk-api/agents/:id',
    differs: ['.agent.capabilities[] is object, not string'],
    because: 'newer SDKs read the scope as well (wire-agents §12)',
  },
  { at: 'GET /api/v1/admin/audit-logs', differs: ['answers 400 invalidRequest'], because: strict },
  {
    at: 'GET /api/v1/status',
    differs: [
      '.environment is missing',
      '.features is a list, not object',
      '.services is missing',
      '.status is missing',
      '.uptime is missing',
    ],
    because: 'this route announces features here; how the server is stands under /readyz and /metrics',
  },
  {
    at: 'POST /api/v1/auth/login/local',
    differs: ['answers 401 credentialsWrong'],
    because: 'recorded passwords are placeholders',
  },
  {
    at: 'POST /api/v1/public/login',
    differs: ['answers 401 credentialsWrong', '.*'],
    because: 'recorded passwords are placeholders',
  },
  { at: 'GET /api/v1/organizations/current', differs: ['.plan is missing'], because: 'there are no plans here' },
  {
    at: 'GET /api/v1/admin/organization/settings',
    differs: [
      '.domain is missing',
      '.isActive is missing',
      '.maxAgents is missing',
      '.maxUsers is missing',
      '.planType is missing',
    ],
    because: 'there are no plans here',
  },
  { at: 'POST /api/v1/auth/refresh', differs: ['answers 401 tokenInvalid'], because: 'recorded tokens are placeholders' },
  {
    at: 'POST /api/v1/auth/sdk/recover',
    differs: ['answers 401 signInRequired'],
    because: 'that server gave tokens to anybody',
  },
  {
    at: 'POST /api/v1/users/me/sdk-tokens/:id/revoke',
    differs: ['answers 404 notFound'],
    because: 'recorded ids are of a downloaded SDK',
  },
  {
    at: 'POST /api/v1/sdk-api/agents/:id/capabilities',
    differs: [
      '.id is missing',
      '.agentId is missing',
      '.grantedAt is missing',
      '.createdAt is missing',
      '.updatedAt is missing',
    ],
    because: 'an agent does not grant itself what it has not: a request is made instead',
  },
  { at: 'POST /api/v1/agents/:id/capabilities', differs: ['answers 404 notFound'], because: replay },
  { at: 'GET /api/v1/agents/:id/capabilities', differs: ['answers 404 notFound'], because: unknown },
  { at: 'DELETE /api/v1/agents/:id/capabilities/:capabilityId', differs: ['answers 404 notFound'], because: unknown },
  { at: 'POST /api/v1/sdk-api/agents/:id/capability-requests', differs: ['answers 409 capabilityHeld'], because: replay },
  { at: 'GET /api/v1/admin/capability-requests/:id', differs: ['answers 404 notFound'], because: replay },
  { at: 'POST /api/v1/admin/capability-requests/:id/approve', differs: ['answers 404 notFound'], because: replay },
  { at: 'POST /api/v1/admin/capability-requests/:id/reject', differs: ['answers 404 notFound'], because: replay },
  {
    at: 'GET /api/v1/detection/agents/:id/status',
    differs: ['.protocol is missing'],
    because: 'an agent that never reported has none',
  },
  {
    at: 'POST /api/v1/agents/:id/verify-action',
    differs: ['answers 403 agent-not-verified'],
    because: 'an agent begins as pending here, whatever its description says (wire-agents §2.5)',
  },
  {
    at: 'POST /api/v1/agents/:id/log-action/:auditId',
    differs: ['answers 404 notFound'],
    because: 'nothing was asked under the recorded id',
  },
  {
    at: 'POST /api/v1/mcp-servers/:id/verify',
    differs: ['answers 422 mcpNotReached'],
    because: 'the recorded MCP server is not there',
  },
  {
    at: 'POST /api/v1/mcp-servers/:id/verify-action',
    differs: ['answers 403 mcpNotAllowed'],
    because: 'the recorded MCP server cannot be verified here, and what a server never declared is denied',
  },
  { at: 'POST /api/v1/mcp-servers/:id/attest', differs: ['answers 401 *'], because: 'a forged attestation is refused' },
  {
    at: 'GET /api/v1/compliance/access-review',
    differs: ['.lastReviewDate is missing', '.nextReviewDate is missing'],
    because: 'nobody says here when a review was made, and a date that nobody set is none',
  },
  { at: 'POST /api/v1/admin/security-policies', differs: ['answers 400 invalidRequest'], because: strict },
  { at: 'PATCH /api/v1/admin/security-policies/:id/toggle', differs: ['answers 404 notFound'], because: replay },
  {
    at: 'PUT /api/v1/admin/users/:id/role',
    differs: ['answers 409 lastAdministrator'],
    because: 'somebody has to be able to undo it',
  },
  {
    at: 'POST /api/v1/admin/users/:id/deactivate',
    differs: ['answers 409 lastAdministrator'],
    because: 'somebody has to be able to undo it',
  },
  { at: 'GET /api/v1/verification-events/mcp/:id', differs: ['answers 404 notFound'], because: unknown },
  { at: 'GET /api/v1/verification-events/:id', differs: ['answers 404 notFound'], because: replay },
  { at: 'DELETE /api/v1/verification-events/:id', differs: ['answers 404 notFound'], because: unknown },
  {
    at: 'POST /api/v1/verification-events',
    differs: ['answers 403 *'],
    because: 'newer servers refuse events that nobody signed',
  },
  { at: 'GET /api/v1/verifications/:id', differs: ['answers 404 notFound'], because: replay },
  { at: 'GET /api/v1/sdk-api/verifications/:id', differs: ['answers 404 notFound'], because: replay },
  {
    at: 'POST /api/v1/sdk-api/verifications',
    differs: ['answers 401 *'],
    because: 'the recorded agents’ keys are not registered here',
  },
];

/** Routes of that server which ours does not have. */
export const withoutRoute: string[] = [
  // Browsers of other origins have no business here.
  'OPTIONS /api/v1/agents',
];
