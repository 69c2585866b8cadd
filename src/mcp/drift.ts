// What changed since a server was locked, and how bad that is: by what changed, not by how much.

import { asUntrusted } from '../text/brand.ts';
import type { Severity } from './checks/finding.ts';
import { isAtLeast } from './checks/finding.ts';
import { wordObjections } from './checks/words.ts';
import { type Locked, lockedDefinitions } from './lockfile.ts';
import { type Definition, definitionHash } from './manifest.ts';

export type Change = {
  /** `tool:read_file`, `instructions`, `command`, `package`, `file:…`, `tls-key`, `version`. */
  subject: string;
  kind: 'added' | 'removed' | 'changed';
  /** The member of a definition that changed. */
  member: string | null;
  severity: Severity;
  why: string;
  before: string | null;
  after: string | null;
};

/** Worst first. Both in the form of the lockfile, so that a lock and a live server are compared as two locks. */
export function driftBetween(before: Locked, after: Locked): Change[] {
  const changes = [...launchChanges(before, after), ...wordChanges(before, after), ...definitionChanges(before, after)];
  return changes.sort(
    (left, right) =>
      Number(isAtLeast(right.severity, left.severity)) - Number(isAtLeast(left.severity, right.severity)) ||
      (left.subject < right.subject ? -1 : 1),
  );
}

function launchChanges(before: Locked, after: Locked): Change[] {
  const changes: Change[] = [];
  const compare = (subject: string, left: string | null, right: string | null, severity: Severity, why: string): void => {
    if (left !== right) changes.push({ subject, kind: 'changed', member: null, severity, why, before: left, after: right });
  };
  compare('command', words(before.command), words(after.command), 'high', 'Another command is started.');
  compare('url', before.url, after.url, 'high', 'Another address is asked.');
  if (before.origin !== null && after.origin !== null) {
    const [left, right] = [before.origin, after.origin];
    compare(
      'package',
      words(left.package && [left.package.name, left.package.version ?? '']),
      words(right.package && [right.package.name, right.package.version ?? '']),
      'medium',
      'Another version of the package runs.',
    );
    const isSameVersion = left.package?.version === right.package?.version;
    if (isSameVersion && left.package?.integrity && right.package?.integrity) {
      compare('integrity', left.package.integrity, right.package.integrity, 'critical', 'The same version has other contents.');
    }
    for (const path of new Set([...Object.keys(left.files), ...Object.keys(right.files)])) {
      compare(`file:${path}`, left.files[path] ?? null, right.files[path] ?? null, 'medium', 'The program is another one.');
    }
    if (left.tlsKey !== null) compare('tls-key', left.tlsKey, right.tlsKey, 'high', 'The other side shows another key.');
  }
  compare('version', before.serverVersion, after.serverVersion, 'low', 'It says that it is another version.');
  compare('name', before.serverName, after.serverName, 'medium', 'It calls itself by another name.');
  return changes;
}

const words = (list: readonly string[] | null): string | null => list?.join(' ') ?? null;

function wordChanges(before: Locked, after: Locked): Change[] {
  if (before.instructions === after.instructions) return [];
  const { severity, why } = judgeText(after.instructions ?? '', 'Its instructions to the model are other ones.');
  return [
    {
      subject: 'instructions',
      kind: 'changed',
      member: null,
      severity,
      why,
      before: before.instructions,
      after: after.instructions,
    },
  ];
}

function definitionChanges(before: Locked, after: Locked): Change[] {
  const [left, right] = [lockedDefinitions(before), lockedDefinitions(after)];
  const changes: Change[] = [];
  for (const [key, definition] of right) {
    const old = left.get(key);
    if (old === undefined) {
      const severity = isTelling(key) ? 'high' : 'medium';
      changes.push({
        subject: key,
        kind: 'added',
        member: null,
        severity,
        why: 'It is new.',
        before: null,
        after: text(definition),
      });
    } else if (definitionHash(old) !== definitionHash(definition)) changes.push(...memberChanges(key, old, definition));
  }
  for (const [key, definition] of left) {
    if (right.has(key)) continue;
    changes.push({
      subject: key,
      kind: 'removed',
      member: null,
      severity: 'low',
      why: 'It is gone.',
      before: text(definition),
      after: null,
    });
  }
  return changes;
}

function memberChanges(key: string, before: Definition, after: Definition): Change[] {
  const members = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return members.flatMap((member): Change[] => {
    const [left, right] = [before[member] ?? null, after[member] ?? null];
    if (definitionHash(left) === definitionHash(right)) return [];
    return [
      {
        subject: key,
        kind: 'changed',
        member,
        ...judgeMember(key, member, left, right),
        before: text(left),
        after: text(right),
      },
    ];
  });
}

function judgeMember(key: string, member: string, before: unknown, after: unknown): { severity: Severity; why: string } {
  if (member === 'description' || member === 'title') return judgeText(text(after) ?? '', `Its ${member} says something else.`);
  if (member === 'annotations') {
    const [left, right] = [Object(before) as Record<string, unknown>, Object(after) as Record<string, unknown>];
    const isLooser =
      (left['readOnly'] === true && right['readOnly'] !== true) ||
      (left['destructive'] !== true && right['destructive'] === true);
    return isLooser
      ? { severity: 'high', why: 'It may do more to the world than it said.' }
      : { severity: 'medium', why: 'It says something else of what it does to the world.' };
  }
  if (member === 'inputSchema' || member === 'arguments') {
    const { severity, why } = judgeText(text(after) ?? '', 'It takes other parameters.');
    return isTelling(key) || isTelling(newWords(before, after)) ? { severity: 'high', why } : { severity, why };
  }
  return { severity: 'low', why: `Its ${member} is another one.` };
}

// New words that the checks object to make a change of words a serious one.
function judgeText(after: string, why: string): { severity: Severity; why: string } {
  const objections = wordObjections({
    subject: { kind: 'tool', name: asUntrusted('') },
    text: after,
    usual: 20_000,
    isName: false,
  });
  const [first] = objections.filter(({ rule }) => rule !== 'mcp/very-long-text');
  return first === undefined ? { severity: 'medium', why } : { severity: 'critical', why: `${why} ${first.message}` };
}

function newWords(before: unknown, after: unknown): string {
  const known = new Set((text(before) ?? '').split(/\W+/));
  return (text(after) ?? '')
    .split(/\W+/)
    .filter((word) => !known.has(word))
    .join(' ');
}

// AIM's own hints (§2.6), taken as whole words: `fs` in `offset` is no hint.
const isTelling = (text: string): boolean =>
  /(?:^|[^a-z])(?:exec\w*|shell|command|cmd|spawn|eval|files?|fs|read_file|write_file|delete\w*|remove\w*|https?|fetch|request|network|socket|secret|credentials?|token|env|environment)(?:$|[^a-z])/i.test(
    text.replaceAll(/([a-z])([A-Z])/g, '$1_$2'),
  );

const text = (value: unknown): string | null =>
  value === null || value === undefined ? null : typeof value === 'string' ? value : JSON.stringify(value, null, 1);
