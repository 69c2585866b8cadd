// Both spellings in, one shape out: `agent_id` and `agentId` name the same member (wire-agents §0.2).

import { z } from 'zod';

/**
 * An object schema that accepts members in camelCase and in snake_case. Where both are sent, camelCase wins.
 * Only the object's own members are renamed: what callers put into `context` or `metadata` keeps its spelling.
 */
export function wireObject<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.preprocess(camelMembers, z.object(shape));
}

/** Renames the members of one object, not of those inside it. Anything else is given back as it came. */
export function camelMembers(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const renamed: Record<string, unknown> = Object.create(null);
  for (const [key, member] of Object.entries(value)) {
    const name = camelCase(key);
    if (name === key || !(name in value)) renamed[name] = member;
  }
  return renamed;
}

export function camelCase(name: string): string {
  return name.replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
