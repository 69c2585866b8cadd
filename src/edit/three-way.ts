// Three versions of one thing: what was read, what a person made of it, and what the server holds by now.

import { type Held, isSame, type Member } from './document.ts';

export type Conflict = { member: string; mine: unknown; theirs: unknown; before: unknown };
export type Merged = {
  value: Held;
  /** Changed on both sides, and not to the same. `value` has mine for them. */
  conflicts: readonly Conflict[];
  /** Changed on the server alone: taken over. */
  taken: readonly string[];
};

/** Lists and objects are merged by what was added and removed; everything else as a whole. */
export function threeWay(members: readonly Member[], before: Held, mine: Held, theirs: Held): Merged {
  const value: Record<string, unknown> = {};
  const conflicts: Conflict[] = [];
  const taken: string[] = [];
  for (const { name, kind } of members) {
    const [was, my, their] = [before[name], mine[name], theirs[name]];
    if (isSame(was, their)) value[name] = my;
    else if (isSame(was, my)) {
      value[name] = their;
      taken.push(name);
    } else if (isSame(my, their)) value[name] = my;
    else if (kind === 'words') value[name] = mergeLists(listOf(was), listOf(my), listOf(their));
    else {
      const merged = kind === 'object' ? mergeObjects(objectOf(was), objectOf(my), objectOf(their)) : null;
      value[name] = merged ?? my;
      if (merged === null) conflicts.push({ member: name, mine: my, theirs: their, before: was });
    }
  }
  return { value, conflicts, taken };
}

/** Theirs, without what I took out, with what I put in. */
function mergeLists(before: readonly unknown[], mine: readonly unknown[], theirs: readonly unknown[]): unknown[] {
  const has = (list: readonly unknown[], item: unknown) => list.some((other) => isSame(other, item));
  const kept = theirs.filter((item) => has(mine, item) || !has(before, item));
  return [...kept, ...mine.filter((item) => !has(before, item) && !has(kept, item))];
}

/** Null where one member was changed on both sides. */
function mergeObjects(before: Held, mine: Held, theirs: Held): Held | null {
  if ([mine, theirs].some(Array.isArray)) return null;
  const merged: Record<string, unknown> = {};
  for (const name of new Set([...Object.keys(theirs), ...Object.keys(mine)])) {
    const [was, my, their] = [before[name], mine[name], theirs[name]];
    if (!isSame(was, their) && !isSame(was, my) && !isSame(my, their)) return null;
    const value = isSame(was, their) ? my : their;
    if (value !== undefined) merged[name] = value;
  }
  return merged;
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const objectOf = (value: unknown): Held => (typeof value === 'object' && value !== null ? (value as Held) : {});
