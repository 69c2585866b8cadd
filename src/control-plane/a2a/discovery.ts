// Which agent can do what somebody has in mind: words of the intent in names, tags and descriptions of skills.

import type { Queries } from '../database/open.ts';

export type Skill = { id: string; name: string; description: string; tags: readonly string[] };

/** 0 to 1: how much of the intent the skill speaks of. A name says more than a description. */
export function relevance(intent: string, skill: Skill): number {
  const asked = wordsOf(intent);
  if (asked.length === 0) return 0;
  const [name, tags, description] = [wordsOf(skill.name), skill.tags.flatMap(wordsOf), wordsOf(skill.description)];
  const found = asked.map((word) => (has(name, word) ? 1 : has(tags, word) ? 0.8 : has(description, word) ? 0.5 : 0));
  return found.reduce((sum: number, each) => sum + each, 0) / asked.length;
}

// `analyze` and `analysis`, `mail` and `mails` are near enough; nothing here understands a language.
const has = (words: readonly string[], word: string): boolean =>
  words.some(
    (each) =>
      each === word ||
      (word.length > 3 && each.length > 3 && (each.startsWith(word.slice(0, 5)) || word.startsWith(each.slice(0, 5)))),
  );

const wordsOf = (text: string): string[] => [
  ...new Set(
    text
      .toLowerCase()
      .split(/[^\p{L}\p{N}]+/u)
      .filter((word) => word.length > 1 && !FILLERS.has(word)),
  ),
];
const FILLERS = new Set([
  'the',
  'an',
  'to',
  'of',
  'for',
  'and',
  'in',
  'on',
  'with',
  'my',
  'me',
  'please',
  'is',
  'it',
  'at',
  'by',
]);

const SKILLS_READ = 5000;

/** Agents that are verified, best first. `by` gives the relevance of a skill; 0 leaves it out. */
export async function capableAgents(
  queries: Queries,
  organizationId: string,
  { minTrustScore, limit, by }: { minTrustScore: number; limit: number; by: (skill: Skill) => number },
) {
  const rows = await queries
    .selectFrom('a2aSkills')
    .innerJoin('agents', 'agents.id', 'a2aSkills.agentId')
    .select(['a2aSkills.id', 'a2aSkills.name', 'a2aSkills.description', 'a2aSkills.tags'])
    .select(['agents.id as agentId', 'agents.name as agentName', 'agents.trustScore'])
    .where('a2aSkills.organizationId', '=', organizationId)
    .where('agents.status', '=', 'verified')
    .where('agents.isCompromised', '=', 0)
    .where('agents.trustScore', '>=', minTrustScore)
    .orderBy('a2aSkills.createdAt')
    .limit(SKILLS_READ)
    .execute();
  return rows
    .map(({ agentId, agentName, trustScore, tags, ...row }) => {
      const skill = { ...row, tags: JSON.parse(tags) as string[] };
      return {
        agentId,
        agentName,
        skillId: skill.id,
        skillName: skill.name,
        description: skill.description,
        trustScore,
        relevance: by(skill),
      };
    })
    .filter((each) => each.relevance > 0)
    .sort((left, right) => right.relevance - left.relevance || right.trustScore - left.trustScore)
    .slice(0, limit);
}
