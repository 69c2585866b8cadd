// What the control plane keeps of a server, as a document: changes side by side, its history, who vouches for it, who uses it.

import { consensusProgress, type RegistryFacts } from '../../src/mcp/registry-facts.ts';
import { asUntrusted, ours, type Printable } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import { fit } from '../../src/text/width.ts';
import { wrap } from '../../src/text/wrap.ts';
import type { McpChange, McpDrift } from '../../src/wire/mcp.ts';
import type { Run } from '../paint.ts';
import type { DetailItem } from '../widgets/detail.tsx';
import { own, words } from '../words.ts';
import { riskTone } from './mcp-columns.ts';
import { ago } from './shown.ts';

export function registryItems(facts: RegistryFacts | null, now: number): DetailItem[] {
  return facts === null ? [] : [...history(facts, now), ...vouched(facts, now), ...used(facts)];
}

const heading = (text: Printable): DetailItem[] => [{ kind: 'gap' }, { kind: 'heading', text }];
const text = (value: string | null, max = 400): Printable => visible(asUntrusted(value ?? ''), { max });
const muted = (line: Printable): DetailItem => ({ kind: 'line', runs: [{ text: line, tone: 'muted' }] });

/** Drift that nobody has decided on, or that was refused; what was approved is history. */
export const isPending = ({ status }: McpDrift): boolean =>
  status === 'open' || status === 'acknowledged' || status === 'denied';

/** First of all that is told of a server, because somebody has to decide on it. */
export function changedItems(facts: RegistryFacts | null, width: number): DetailItem[] {
  const pending = (facts?.drifts ?? []).filter(isPending);
  return pending.flatMap((drift): DetailItem[] => [
    ...heading(
      words`Not as its baseline: ${drift.changesTotal} ${drift.changesTotal === 1 ? ours('change') : ours('changes')}, ${own(drift.status)}`,
    ),
    muted(
      drift.status === 'denied'
        ? ours('  before on the left, now on the right; it was refused')
        : ours('  before on the left, now on the right; A makes it the baseline, D refuses it, K says it was seen'),
    ),
    ...(drift.changes ?? []).slice(0, MOST_CHANGES).flatMap((change) => changeItems(change, width)),
  ]);
}

function changeItems({ subject, member, kind, severity, why, before, after }: McpChange, width: number): DetailItem[] {
  const member_ = member === null ? ours('') : words`.${text(member, 40)}`;
  const tone = severity === 'low' || severity === 'info' ? undefined : riskTone(severity);
  const head: DetailItem = {
    kind: 'field',
    label: own(severity),
    value: words`${own(kind)} ${text(subject, 100)}${member_}: ${text(why)}`,
    tone,
  };
  return [head, ...sideBySide(before, after, width)];
}

/** Both texts in columns of half the width, line beside line; one above the other where there is no room. */
export function sideBySide(before: string | null, after: string | null, width: number): DetailItem[] {
  const [left, right] = [block(before), block(after)];
  if (width < LEAST_FOR_COLUMNS)
    return [
      { kind: 'quote', label: ours('Before'), text: left },
      { kind: 'quote', label: ours('Now'), text: right },
    ];
  const column = Math.floor((width - 7) / 2);
  const [lefts, rights] = [wrap(left, column), wrap(right, column)];
  const rows = Math.min(MOST_LINES, Math.max(lefts.length, rights.length));
  return Array.from({ length: rows }, (_, index): DetailItem => {
    const [one = ours(''), other = ours('')] = [lefts[index], rights[index]];
    const isSame = one === other;
    const runs: Run[] = [
      { text: isSame ? ours('  ') : ours('- '), tone: isSame ? 'muted' : 'bad' },
      { text: fit(one, column), tone: isSame ? 'untrusted' : 'bad' },
      { text: isSame ? ours('   ') : ours(' + '), tone: isSame ? 'muted' : 'good' },
      { text: fit(other, column), tone: isSame ? 'untrusted' : 'good' },
    ];
    return { kind: 'line', runs };
  });
}

const block = (value: string | null): Printable =>
  value === null ? ours('(nothing)') : visible(asUntrusted(value), { lines: 'many', max: 4_000 });

function history({ manifests, drifts }: RegistryFacts, now: number): DetailItem[] {
  if (drifts === null) return [...heading(ours('Definition history')), muted(ours('  This server keeps no manifests.'))];
  if (manifests.length === 0)
    return [
      ...heading(ours('Definition history')),
      muted(ours('  Nothing is recorded yet: L asks the server and records it.')),
    ];
  return [
    ...heading(words`Definition history (${manifests.length})`),
    ...manifests.slice(0, MOST_LINES).map((manifest): DetailItem => {
      const { status, firstSeenAt, definitionsTotal, reportedBy, manifestHash, timesSeen } = manifest;
      const times = timesSeen === 1 ? ours('once') : words`${timesSeen} times`;
      return {
        kind: 'field',
        label: own(status),
        value: words`${ago(Date.parse(firstSeenAt), now)}  ${definitionsTotal} ${ours(definitionsTotal === 1 ? 'definition' : 'definitions')}  ${text(manifestHash.slice(0, 12))}  seen ${times}, first by ${text(reportedBy, 60)}`,
        tone: status === 'pending' ? 'warning' : status === 'denied' ? 'bad' : undefined,
      };
    }),
  ];
}

function vouched({ attestations, consensus }: RegistryFacts, now: number): DetailItem[] {
  if (attestations.length === 0 && consensus === null) return [];
  return [
    ...heading(words`Attestations (${attestations.length})`),
    ...(consensus === null ? [] : [{ kind: 'line' as const, runs: [words`  ${own(consensusProgress(consensus))}`] }]),
    ...attestations.slice(0, MOST_LINES).map(({ attestation, verdict }): DetailItem => {
      const by = attestation.agentName ?? (attestation.attestationType === 'manual' ? 'a person' : 'an agent that is gone');
      const at = attestation.verifiedAt === null ? ours('') : words`  ${ago(Date.parse(attestation.verifiedAt), now)}`;
      const state = attestation.isValid === true ? ours('') : ours('  no longer valid');
      return {
        kind: 'field',
        label: own(verdict),
        value: words`${text(by, 80)}${at}${state}`,
        tone: verdict === 'broken' || verdict === 'replayed' ? 'bad' : undefined,
      };
    }),
  ];
}

function used({ users }: RegistryFacts): DetailItem[] {
  if (users.length === 0) return [];
  return [
    ...heading(words`Used by (${users.length})`),
    ...users
      .slice(0, MOST_LINES)
      .map(({ name, status }): DetailItem => ({ kind: 'field', label: text(status, 20), value: text(name, 120) })),
  ];
}

const LEAST_FOR_COLUMNS = 72;
const MOST_CHANGES = 50;
const MOST_LINES = 200;
