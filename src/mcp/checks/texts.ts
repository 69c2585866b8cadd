// Every piece of text that a server gives to a model: names, descriptions, parameters, enumerations, instructions.

import { asUntrusted, type Untrusted } from '../../text/brand.ts';
import type { Inspection } from '../record.ts';
import type { Finding } from './finding.ts';

export type Spoken = {
  subject: Finding['subject'];
  text: string;
  /** Beyond this many characters it is longer than such a text needs. */
  usual: number;
  /** A name must be one word of plain letters; anything else in it is stranger than in prose. */
  isName: boolean;
};

export function* textsOf(inspection: Inspection): Generator<Spoken> {
  const server: Finding['subject'] = { kind: 'server', name: inspection.serverName ?? asUntrusted('') };
  yield* name(server, inspection.serverName);
  yield* prose({ kind: 'instructions', name: server.name }, inspection.instructions, 16_000);
  for (const tool of inspection.tools) {
    const subject: Finding['subject'] = { kind: 'tool', name: tool.name };
    yield* name(subject, tool.name);
    yield* name(subject, tool.title);
    yield* prose(subject, tool.description, 8_000);
    yield* schemaTexts(tool.name, tool.inputSchema);
    yield* schemaTexts(tool.name, tool.outputSchema);
  }
  for (const prompt of inspection.prompts) {
    const subject: Finding['subject'] = { kind: 'prompt', name: prompt.name };
    yield* name(subject, prompt.name);
    yield* prose(subject, prompt.description, 4_000);
    yield* schemaTexts(prompt.name, prompt.arguments, 'prompt');
  }
  for (const resource of [...inspection.resources, ...(inspection.templates ?? [])]) {
    const uri = 'uri' in resource ? resource.uri : resource.uriTemplate;
    const subject: Finding['subject'] = { kind: 'resource', name: uri };
    yield* name(subject, uri);
    yield* name(subject, resource.name);
    yield* prose(subject, resource.description, 4_000);
  }
}

function* name(subject: Finding['subject'], text: Untrusted | null): Generator<Spoken> {
  if (text !== null && text !== '') yield { subject, text, usual: 256, isName: true };
}

function* prose(subject: Finding['subject'], text: Untrusted | null, usual: number): Generator<Spoken> {
  if (text !== null && text !== '') yield { subject, text, usual, isName: false };
}

/** Walks any schema once, however it refers to itself: members that hold words, and the names of its parameters. */
function* schemaTexts(owner: string, schema: unknown, kind: 'parameter' | 'prompt' = 'parameter'): Generator<Spoken> {
  const queue: { node: unknown; path: string; depth: number }[] = [{ node: schema, path: owner, depth: 0 }];
  for (let at = 0; at < queue.length && at < MOST_NODES; at += 1) {
    const { node, path, depth } = queue[at] ?? { node: null, path: '', depth: 0 };
    if (typeof node !== 'object' || node === null || depth > DEEPEST) continue;
    const subject: Finding['subject'] = { kind, name: asUntrusted(path) };
    for (const [key, value] of Object.entries(node)) {
      const isWordy = key === 'description' || key === 'title' || key === '$comment';
      if (typeof value === 'string') {
        if (isWordy || IN_VALUES.has(key)) yield { subject, text: value, usual: 2_000, isName: false };
      } else if (Array.isArray(value)) {
        for (const item of value) {
          if (typeof item === 'string') {
            if (IN_VALUES.has(key)) yield { subject, text: item, usual: 2_000, isName: false };
          } else queue.push({ node: item, path, depth: depth + 1 });
        }
      } else if (key === 'properties' || key === '$defs' || key === 'definitions' || key === 'patternProperties') {
        for (const [member, inner] of Object.entries(value ?? {})) {
          const inside = `${path}.${member}`;
          yield { subject: { kind, name: asUntrusted(inside) }, text: member, usual: 256, isName: true };
          queue.push({ node: inner, path: inside, depth: depth + 1 });
        }
      } else queue.push({ node: value, path, depth: depth + 1 });
    }
  }
}

const IN_VALUES = new Set(['default', 'const', 'enum', 'examples', 'example', 'name', 'pattern', 'format']);
const MOST_NODES = 20_000;
const DEEPEST = 60;
