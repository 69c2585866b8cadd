// Both spellings in, one shape out: `agent_id` and `agentId` name the same member (wire-agents §0.2).

import { z } from 'zod';
import { prepared } from './mapped.ts';
import { camelMembers } from './member-names.ts';

/**
 * An object schema that accepts members in camelCase and in snake_case. Where both are sent, camelCase wins.
 * Only the object's own members are renamed: what callers put into `context` or `metadata` keeps its spelling.
 */
export function wireObject<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return prepared(camelMembers, z.object(shape));
}

/** The same, where a member that nobody knows is refused: a rule that is misspelled must not be a rule that is looser. */
export function strictWireObject<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return prepared(camelMembers, z.strictObject(shape));
}

export { camelCase, camelMembers } from './member-names.ts';
