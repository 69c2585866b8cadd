// What is different from what the reviewer was looking at: fact by fact, before and now.

import type { Printable } from '../../text/brand.ts';
import { say } from '../../text/say.ts';
import type { Claim, Fact } from './fact.ts';
import type { Dossier } from './facts.ts';

export type Change = { label: Printable; before: Printable | null; after: Printable | null };

/** Facts that say something else now. Countdowns and ages are no change. */
export function changesBetween(before: Dossier, after: Dossier): Change[] {
  const changes: Change[] = [];
  if (before.verdict.title !== after.verdict.title) {
    changes.push({ label: say`verdict`, before: before.verdict.title, after: after.verdict.title });
  }
  const old = entriesOf(before);
  const now = entriesOf(after);
  for (const [id, entry] of now) {
    const was = old.get(id);
    if (was?.text !== entry.text) changes.push({ label: entry.label, before: was?.text ?? null, after: entry.text });
  }
  for (const [id, entry] of old) if (!now.has(id)) changes.push({ label: entry.label, before: entry.text, after: null });
  return changes;
}

function entriesOf({ facts, claims, remarks }: Dossier): Map<string, { label: Printable; text: Printable }> {
  const entries = new Map<string, { label: Printable; text: Printable }>();
  for (const fact of facts) if (!fact.isLive) entries.set(fact.id, { label: fact.label, text: textOf(fact) });
  for (const claim of [...claims, ...remarks]) entries.set(claim.id, { label: claim.label, text: claim.text });
  return entries;
}

const textOf = (fact: Fact | Claim): Printable => ('value' in fact ? fact.value : fact.text);
