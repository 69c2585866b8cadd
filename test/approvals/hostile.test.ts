// The hostile corpus in every field of the panel: the facts are never displaced, covered or imitated.

import xterm from '@xterm/headless';
import { describe, expect, test } from 'vitest';
import { panelRows } from '../../components/approvals/panel-rows.ts';
import { plainText } from '../../components/paint.ts';
import { type Dossier, dossierOf } from '../../src/state/approvals/facts.ts';
import { verdictOf } from '../../src/state/approvals/verdict.ts';
import { ours } from '../../src/text/brand.ts';
import { isSafe } from '../../src/text/safe-code-points.ts';
import { visible } from '../../src/text/visible.ts';
import { widthOf } from '../../src/text/width.ts';
import type { ApprovalRequest } from '../../src/wire/verification.ts';
import { hostile, hostileStrings } from '../corpus/hostile.ts';
import { aSignedRequest, NOW } from './signed-request.ts';

const widths = [40, 60, 80, 120];

const quorum = (text: string) => ({
  approvalsNeeded: 2,
  denialsNeeded: 1,
  groups: [text],
  policy: text,
  reviews: [{ by: 'u-2', byEmail: text, decision: 'approve', reason: text, at: null, counts: false }],
});

/** Each field that others fill, alone. */
const fields: [field: string, build: (text: string) => ApprovalRequest][] = [
  ['the action', (text) => aSignedRequest({ capability: text || 'x' })],
  ['the resource', (text) => aSignedRequest({ resource: text })],
  ['the name of a parameter', (text) => aSignedRequest({ context: { [text]: 'value' } })],
  ['a parameter', (text) => aSignedRequest({ context: { path: text } })],
  ['a parameter deep inside', (text) => aSignedRequest({ context: { list: [{ deep: [text] }] } })],
  ['a claim', (text) => aSignedRequest({ context: { reason: text } })],
  ['the name of the agent', (text) => aSignedRequest({}, { agentName: text || 'x' })],
  ["the server's action and resource", (text) => aSignedRequest({}, { capability: text || 'x', resource: text })],
  ['the reason of the risk', (text) => aSignedRequest({}, { riskReason: text })],
  ['the owner', (text) => aSignedRequest({}, { ownerEmail: text })],
  ['reviewers and policy', (text) => aSignedRequest({}, { quorum: quorum(text) })],
  ['who it is assigned to', (text) => aSignedRequest({}, { assignedTo: text })],
  [
    'what reviewers say to each other',
    (text) => aSignedRequest({}, { comments: [{ by: 'u-2', byEmail: text, text, at: new Date(NOW).toISOString() }] }),
  ],
  [
    'how it was decided',
    (text) => aSignedRequest({}, { status: 'denied', deniedBy: text, denialReason: text, quorum: quorum(text) }),
  ],
  ['why I may not review', (text) => aSignedRequest({}, { mayReview: false, mayNotReviewBecause: text })],
  [
    'an unsigned request',
    (text) => aSignedRequest({}, { binding: null, capability: text || 'x', resource: text, context: { [text]: text } }),
  ],
];

const dossierFor = (request: ApprovalRequest) =>
  dossierOf(request, verdictOf(request, null), { agent: null, otherNames: [], now: NOW });

const rowsAt = (dossier: Dossier, width: number): string[] =>
  panelRows({
    dossier,
    changes: [],
    told: null,
    given: null,
    isSettled: false,
    width,
    gutter: ours('│'),
    isExpanded: true,
  }).map(plainText);

const rowsOf = (request: ApprovalRequest, width: number): string[] => rowsAt(dossierFor(request), width);

/** What begins a row in the first column is ours: labels and headings. */
const beginnings = (rows: string[]): string[] => rows.filter((row) => /^\S/.test(row)).map((row) => row.slice(0, 10).trimEnd());

const OURS =
  /^(action|on|parameter|path|list\[0\]\.d|note|risk|may today|this adds|asks for|would give|agent|owner|asked|waits|reviewers|assigned|state|What revie|request|reviews|history|What the a|What the s|Its key is|It is kept|kept when|approve\.|when you a|you approv|SHA256|[A-Za-z0-9+/]{10}|The server|exactly th|The signed|The signat|nothing pr|that the a|this\.|the agent|asked for)/;

test('holds at least two hundred strings, of every class', () => {
  expect(hostileStrings.length).toBeGreaterThanOrEqual(200);
  expect(Object.values(hostile).every((texts) => texts.length >= 8)).toBe(true);
});

describe.each(fields)('in %s', (field, build) => {
  // Signed and checked once; only the rows depend on the width. Long texts are looked at in one width.
  let built: { text: string; dossier: Dossier }[] | undefined;
  const dossiers = (width: number): Dossier[] => {
    built ??= hostileStrings.map((text) => ({ text, dossier: dossierFor(build(text)) }));
    return built.filter(({ text }) => text.length < 500 || width === 80).map(({ dossier }) => dossier);
  };
  const isParameterName = field.includes('name of a parameter') || field === 'an unsigned request';

  test.each(widths)('every row fits %i columns, holds nothing unsafe, and begins with nothing but ours', (width) => {
    // One assertion for all: tens of thousands of them would take longer than the rows.
    const offenders = dossiers(width).flatMap((dossier) =>
      rowsAt(dossier, width).filter((row) => {
        if (widthOf(row as never) > width || !isSafe(row)) return true;
        // The name of a parameter may stand where labels stand, but never in the words of ours.
        return !isParameterName && /^\S/.test(row) && !OURS.test(row);
      }),
    );
    expect(offenders).toEqual([]);
  });
});

test('a parameter is never called like a fact of ours', () => {
  const names = [
    'risk',
    'Risk',
    'RISK',
    'agent',
    'on',
    'action',
    'may today',
    'would give',
    'waits',
    'reviewers',
    'note',
    'state',
    'grant',
  ];
  for (const name of names) {
    const labels = beginnings(rowsOf(aSignedRequest({ context: { [name]: 'forged' } }), 80));
    const plain = beginnings(rowsOf(aSignedRequest({ context: { anything: 'forged' } }), 80));
    expect(labels.filter((label) => label.toLowerCase() === name.toLowerCase()).length, name).toBe(
      plain.filter((label) => label.toLowerCase() === name.toLowerCase()).length,
    );
  }
});

test('the facts stand in the same order whatever the claims say', () => {
  const plain = beginnings(rowsOf(aSignedRequest({ context: { reason: 'please' } }), 80));
  for (const text of hostileStrings)
    expect(beginnings(rowsOf(aSignedRequest({ context: { reason: text } }), 80))).toEqual(plain);
});

test.each(widths)('a terminal of %i columns that wraps shows each row as one row', async (width) => {
  const rows = hostileStrings.filter((text) => text.length < 500).map((text) => visible(text, { max: width - 12 }));
  for (const row of rows.map((text) => text.slice(0))) {
    if (widthOf(row as never) > width) continue;
    const emulator = new xterm.Terminal({ cols: width, rows: 4, allowProposedApi: true, scrollback: 0 });
    await new Promise<void>((resolve) => emulator.write(`${row}\r\nNEXT`, resolve));
    expect(emulator.buffer.active.getLine(1)?.translateToString(true), JSON.stringify(row)).toBe('NEXT');
    emulator.dispose();
  }
});
