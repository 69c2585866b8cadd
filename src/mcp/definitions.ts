// What a server answers to its lists, read leniently: one entry that is wrong does not hide the others.

import { asUntrusted, type Untrusted } from '../text/brand.ts';
import type { Inspection, McpTool } from './record.ts';

export function readTools(items: readonly unknown[], problems: Untrusted[]): McpTool[] {
  const tools: McpTool[] = [];
  let unnamed = 0;
  for (const item of items) {
    const name = isObject(item) ? text(item['name']) : null;
    if (!isObject(item) || name === null) {
      unnamed += 1;
      continue;
    }
    const hints = isObject(item['annotations']) ? item['annotations'] : {};
    tools.push({
      name,
      title: text(item['title']) ?? text(hints['title']),
      description: text(item['description']),
      inputSchema: item['inputSchema'] ?? null,
      outputSchema: item['outputSchema'] ?? null,
      annotations: {
        readOnly: flag(hints['readOnlyHint']),
        destructive: flag(hints['destructiveHint']),
        idempotent: flag(hints['idempotentHint']),
        openWorld: flag(hints['openWorldHint']),
      },
    });
  }
  if (unnamed > 0) problems.push(asUntrusted(`${unnamed} of its tools have no name.`));
  return tools;
}

export const readResources = (items: readonly unknown[]): Inspection['resources'] =>
  items.filter(isObject).map((item) => ({
    uri: text(item['uri']) ?? asUntrusted(''),
    name: text(item['title']) ?? text(item['name']),
    description: text(item['description']),
    mimeType: text(item['mimeType']),
  }));

export const readTemplates = (items: readonly unknown[]): NonNullable<Inspection['templates']> =>
  items.filter(isObject).map((item) => ({
    uriTemplate: text(item['uriTemplate']) ?? asUntrusted(''),
    name: text(item['title']) ?? text(item['name']),
    description: text(item['description']),
    mimeType: text(item['mimeType']),
  }));

export const readPrompts = (items: readonly unknown[]): Inspection['prompts'] =>
  items.filter(isObject).map((item) => ({
    name: text(item['name']) ?? asUntrusted(''),
    title: text(item['title']),
    description: text(item['description']),
    arguments: item['arguments'] ?? null,
  }));

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: unknown): Untrusted | null => (typeof value === 'string' && value !== '' ? asUntrusted(value) : null);
const flag = (value: unknown): boolean | null => (typeof value === 'boolean' ? value : null);
