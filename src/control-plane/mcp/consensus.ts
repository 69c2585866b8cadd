// What many attestations of one MCP server say together: confidence, and whether enough independent agents agree (§2.4).

export type Attested = {
  agentId: string | null;
  ownerId: string | null;
  isManual: boolean;
  at: number;
  agentTrust: number;
  connected: boolean;
  tools: readonly string[];
};

export type Consensus = {
  uniqueAgents: number;
  requiredAgents: number;
  uniqueOwners: number;
  requiredOwners: number;
  confidenceScore: number;
  requiredConfidence: number;
  attestationsAgree: boolean;
  agreeingAgents: number;
  connectionFailures: number;
  distinctToolSets: number;
  consensusReached: boolean;
  progressPercent: number;
  missingCriteria: string[];
};

const REQUIRED = { agents: 3, owners: 2, confidence: 60 };
const WEEK = 7 * 24 * 60 * 60 * 1000;

/** `attested` newest first: of each agent only the latest counts for agreement. */
export function consensusOf(attested: readonly Attested[], now: number): Consensus {
  const byAgents = attested.filter((each) => !each.isManual && each.agentId !== null);
  const latest = [...new Map(byAgents.toReversed().map((each) => [each.agentId, each])).values()];
  const manual = attested.length - byAgents.length;
  const owners = new Set(latest.map(({ ownerId }) => ownerId).filter((id) => id !== null)).size;
  const meanTrust = latest.length === 0 ? 0 : latest.reduce((sum, { agentTrust }) => sum + agentTrust, 0) / latest.length;
  const recent = attested.length === 0 ? 0 : attested.filter(({ at }) => now - at <= WEEK).length / attested.length;
  const confidence = Math.min(
    100,
    (Math.min(20 * latest.length, 100) + Math.min(5 * manual, 25) + 50 * meanTrust + 25 * recent) / 2,
  );
  const confidenceScore = attested.length === 0 ? 0 : Math.round(confidence * 100) / 100;
  const toolSets = new Map<string, number>();
  for (const { tools } of latest) toolSets.set(toolSet(tools), (toolSets.get(toolSet(tools)) ?? 0) + 1);
  const connectionFailures = latest.filter(({ connected }) => !connected).length;
  const attestationsAgree = latest.length > 0 && toolSets.size === 1 && connectionFailures === 0;
  const missing: [boolean, string][] = [
    [latest.length < REQUIRED.agents, `${REQUIRED.agents - latest.length} more agents`],
    [owners < REQUIRED.owners, `${REQUIRED.owners - owners} more owners`],
    [confidenceScore < REQUIRED.confidence, `confidence of ${REQUIRED.confidence}`],
    [!attestationsAgree, 'agreement on connection and tools'],
  ];
  const missingCriteria = missing.filter(([lacks]) => lacks).map(([, words]) => words);
  return {
    uniqueAgents: latest.length,
    requiredAgents: REQUIRED.agents,
    uniqueOwners: owners,
    requiredOwners: REQUIRED.owners,
    confidenceScore,
    requiredConfidence: REQUIRED.confidence,
    attestationsAgree,
    agreeingAgents: Math.max(0, ...toolSets.values()),
    connectionFailures,
    distinctToolSets: toolSets.size,
    consensusReached: missingCriteria.length === 0,
    progressPercent: Math.round(((missing.length - missingCriteria.length) / missing.length) * 100),
    missingCriteria,
  };
}

const NOISE = new Set(['tools', 'resources', 'prompts']);
const toolSet = (tools: readonly string[]): string =>
  JSON.stringify([...new Set(tools)].filter((tool) => !NOISE.has(tool)).sort());
