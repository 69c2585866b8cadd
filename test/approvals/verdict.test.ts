// What the panel says of a signature and of the text that was signed.

import { describe, expect, test } from 'vitest';
import { keyFingerprint } from '../../src/credentials/known-agents.ts';
import { dossierOf } from '../../src/state/approvals/facts.ts';
import { verdictOf } from '../../src/state/approvals/verdict.ts';
import type { ApprovalRequest } from '../../src/wire/verification.ts';
import { agentKey, aSignedRequest, bindingOf, boundText, NOW, otherKey } from './signed-request.ts';

const known = (fingerprint: string) => ({
  server: 's',
  agentId: 'a-1',
  name: 'billing-bot',
  fingerprint,
  firstSeenAt: '2026-01-01T00:00:00Z',
});
const signedText = (text: string | Uint8Array) => aSignedRequest({}, { binding: boundText(text) });
const message = (context: string, resource = '"/etc/hosts"') =>
  `{"action_type": "file:write", "agent_id": "a-1", "context": ${context}, "resource": ${resource}, "timestamp": "2026-11-23T03:00:00Z"}`;

describe('the verdict', () => {
  test.each<[title: string, request: ApprovalRequest, kind: string, words: string]>([
    ['knows what the agent signed', aSignedRequest(), 'signed', 'signed by billing-bot'],
    ['says when there is no signature', aSignedRequest({}, { binding: null }), 'unsigned', 'not signed'],
    [
      'sees a signature over something else',
      aSignedRequest({}, { binding: { ...bindingOf(), signature: bindingOf({ resource: '/tmp' }).signature } }),
      'misfit',
      'signature does not fit',
    ],
    [
      'sees a signature of another key',
      aSignedRequest({}, { binding: { ...bindingOf(), publicKey: otherKey.publicKey } }),
      'misfit',
      'signature does not fit',
    ],
    [
      'sees bytes that were changed after signing',
      aSignedRequest({}, { binding: { ...bindingOf(), signedBytes: bindingOf({ resource: '/tmp' }).signedBytes } }),
      'misfit',
      'signature does not fit',
    ],
    [
      "sees a server's hash of something else",
      aSignedRequest({}, { binding: { ...bindingOf(), actionHash: bindingOf({ resource: '/tmp' }).actionHash } }),
      'misfit',
      'another action',
    ],
    [
      'sees what another agent signed',
      aSignedRequest({}, { binding: bindingOf({ agentId: 'a-2' }) }),
      'misfit',
      'Another agent signed this: a-2.',
    ],
    [
      'does not read a member that appears twice',
      signedText(message('{"path": "/tmp", "path": "/etc"}')),
      'uninspectable',
      'appears twice',
    ],
    [
      'does not read a member that appears twice in another spelling',
      signedText(message('{"path": "/tmp", "p\\u0061th": "/etc"}')),
      'uninspectable',
      'appears twice',
    ],
    ['does not read what is no JSON', signedText('rm -rf /'), 'uninspectable', 'not a JSON object'],
    ['does not read bytes that are no text', signedText(new Uint8Array([0xff, 0xfe, 0x00])), 'uninspectable', 'not text'],
    [
      'does not read what is nested too deeply',
      signedText(message(`${'{"a":'.repeat(80)}1${'}'.repeat(80)}`)),
      'uninspectable',
      'nested too deeply',
    ],
    [
      'does not read what nobody could read',
      signedText(message(`{"a": "${'x'.repeat(1 << 20)}"}`)),
      'uninspectable',
      'too large',
    ],
    ['does not read what names no action', signedText('{"agent_id": "a-1"}'), 'uninspectable', 'names no action'],
    ['does not read a resource that is no text', signedText(message('{}', '{"a": 1}')), 'uninspectable', 'not text'],
  ])('%s', (_, request, kind, words) => {
    const verdict = verdictOf(request, null);
    expect(verdict.kind).toBe(kind);
    expect(`${verdict.title} ${verdict.because}`).toContain(words);
  });

  test('is loud about a key that is not the known one', () => {
    expect(verdictOf(aSignedRequest(), known('SHA256:old'))).toMatchObject({ kind: 'key-changed' });
    expect(verdictOf(aSignedRequest(), known(keyFingerprint(agentKey.publicKey)))).toMatchObject({
      kind: 'signed',
      isFirstUse: false,
    });
  });

  test('shows numbers as they were signed', () => {
    const request = signedText(message('{"amount": 1.0, "big": 12345678901234567890}'));
    const { facts } = dossierOf(request, verdictOf(request, null), { agent: null, otherNames: [], now: NOW });
    expect(facts.filter(({ id }) => id.startsWith('parameter:')).map(({ value }) => value)).toEqual([
      '1.0',
      '12345678901234567890',
    ]);
  });

  test('shows every member that was signed, also those it has no name for', () => {
    const request = signedText(message('{}').replace('{', '{"also_do": "rm -rf /", '));
    const { facts } = dossierOf(request, verdictOf(request, null), { agent: null, otherNames: [], now: NOW });
    expect(facts.find(({ label }) => label === 'also_do')?.value).toBe('rm -rf /');
  });
});

describe('addresses in parameters', () => {
  const notes = (url: string) => {
    const request = aSignedRequest({ context: { url } });
    return dossierOf(request, verdictOf(request, null), { agent: null, otherNames: [], now: NOW })
      .facts.filter(({ label }) => label === 'note')
      .map(({ value }) => value)
      .join(' ');
  };
  test.each([
    ['says where a look-alike host leads', 'https://аpple.com/login', 'it is xn--'],
    ['says that what stands before the @ is no host', 'https://good.example@evil.example/', 'it leads to evil.example'],
    ['counts hidden characters', 'https://good.example/\u200b', '1 hidden or look-alike character'],
  ])('%s', (_, url, words) => {
    expect(notes(url)).toContain(words);
  });

  test('says nothing about plain ones', () => {
    expect(notes('https://example.test/path?x=1')).toBe('');
  });
});
