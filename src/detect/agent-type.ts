// What kind of agent a project is: by the packages that it imports and depends on. Each finding says where it was seen.

import { relative } from 'node:path';
import type { AgentType } from '../sdk/agent-type.ts';
import { type Project, readProject, readSource } from './project.ts';
import { scanSource } from './source-scan.ts';

export type TypeEvidence = {
  agentType: AgentType;
  package: string;
  seen: 'imported' | 'loaded' | 'depended-on';
  file: string | null;
  line: number | null;
  confidence: number;
};
/** What kind of agent a project is, and what says so. */
export type DetectedAgentType = {
  /** `custom` where nothing was found. */
  type: AgentType;
  reason: string;
  /** 0 to 100. */
  confidence: number;
  evidence: TypeEvidence[];
};

/** Frameworks first, then autonomous agents and copilots, then model SDKs: what is built on another is the better answer. */
const PACKAGES: readonly (readonly [pattern: RegExp, type: AgentType])[] = [
  [/^@langchain\/langgraph/, 'langgraph'],
  [/^(langchain|@langchain\/)/, 'langchain'],
  [/^(llamaindex$|@llamaindex\/)/, 'llamaindex'],
  [/^autogen/, 'autogen'],
  [/^crewai/, 'crewai'],
  [/^@?haystack/, 'haystack'],
  [/^(semantic-kernel|@microsoft\/semantic-kernel)/, 'semantic_kernel'],
  [/^(@mastra\/|mastra$)/, 'assistant'],
  [/^(autogpt|auto-gpt)/, 'autogpt'],
  [/^babyagi/, 'babyagi'],
  [/^@github\/copilot/, 'copilot'],
  [/^(@anthropic-ai\/|@ai-sdk\/anthropic$)/, 'claude'],
  [/^(openai$|@openai\/|@ai-sdk\/(openai|azure)$)/, 'gpt'],
  [/^(@google\/(genai|generative-ai)$|@google-cloud\/vertexai$|@ai-sdk\/google)/, 'gemini'],
  [/^(ollama$|node-llama-cpp$|ollama-ai-provider)/, 'llama'],
  [/^(@mistralai\/|@ai-sdk\/mistral$)/, 'mistral'],
  [/^(cohere-ai$|@ai-sdk\/cohere$)/, 'cohere'],
  [/^ai$/, 'assistant'],
  [/^@modelcontextprotocol\/(sdk|client|server)$/, 'ai_agent'],
];

const CONFIDENCE = { imported: 95, loaded: 95, 'depended-on': 70 } as const;

/** Looks at the running project, or at the one around `start`. */
export async function autoDetectAgentType({
  start,
  project,
}: {
  start?: string;
  project?: Project;
} = {}): Promise<DetectedAgentType> {
  const found = project ?? (await readProject(start));
  const evidence = [
    ...(await importEvidence(found)),
    ...found.dependencies.flatMap(({ name, file }) => evidenceOf(name, 'depended-on', relative(found.root ?? '', file), null)),
  ];
  const order = (one: TypeEvidence): number => PACKAGES.findIndex(([pattern]) => pattern.test(one.package));
  // What is imported outranks what merely stands in package.json.
  const [best] = evidence.toSorted((left, right) => right.confidence - left.confidence || order(left) - order(right));
  if (best === undefined)
    return { type: 'custom', reason: 'No agent framework or model SDK was found.', confidence: 0, evidence };
  const where = best.file === null ? '' : ` (${best.file}${best.line === null ? '' : `:${best.line}`})`;
  return {
    type: best.agentType,
    reason: `${best.package} is ${best.seen === 'depended-on' ? 'depended on' : 'imported'}${where}`,
    confidence: best.confidence,
    evidence,
  };
}

async function importEvidence({ files, root }: Project): Promise<TypeEvidence[]> {
  const evidence: TypeEvidence[] = [];
  for (const file of files) {
    const source = await readSource(file);
    if (source === null) continue;
    for (const { name, line } of scanSource(source).imports)
      evidence.push(...evidenceOf(name, 'imported', relative(root ?? '', file), line));
  }
  return evidence;
}

function evidenceOf(name: string, seen: TypeEvidence['seen'], file: string | null, line: number | null): TypeEvidence[] {
  const known = PACKAGES.find(([pattern]) => pattern.test(name));
  return known === undefined ? [] : [{ agentType: known[1], package: name, seen, file, line, confidence: CONFIDENCE[seen] }];
}
