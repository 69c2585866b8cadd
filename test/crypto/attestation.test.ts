// What an agent signs about an MCP server, in the form of each generation of servers (wire-mcp-logs-a2a §2.4).

import { describe, expect, test } from 'vitest';
import {
  type Attestation,
  type AttestationForm,
  attestationMessage,
  latencyOf,
  signedAttestation,
} from '../../src/crypto/attestation.ts';
import { readSigningKey } from '../../src/crypto/ed25519.ts';
import { attestation } from './attestation-example.ts';

describe('the signed text', () => {
  test('is one line of sorted members without spaces', () => {
    expect(attestationMessage(attestation)).toBe(
      '{"agent_id":"11111111-1111-4111-8111-111111111111","capabilities_found":["read_file","write_file"],"challenge":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=","connection_latency_ms":35.0,"connection_successful":true,"health_check_passed":true,"mcp_name":"fs","mcp_url":"https://mcp.example.test/mcp?a=1&b=2","sdk_version":"1.1.0","timestamp":"2026-01-02T03:04:05+00:00"}',
    );
  });

  test('has the signature that is written down', () => {
    const key = readSigningKey(Buffer.alloc(32, 1).toString('base64'));
    expect(signedAttestation(attestation, key).signature).toBe(
      'odB8ih5VSzcgUAnwUihTqMpKw3/3tp50zSn2dDBgJoRtsmi6Fn/JqWyY0SLr4K1q0U7VJ304eGT6VnJmcYWjDg==',
    );
  });

  test.each<[title: string, change: Partial<Attestation>, form: 'exact' | 'go' | 'python', part: string]>([
    ['a whole number has a decimal', {}, 'exact', '"connection_latency_ms":35.0,'],
    ['not for servers before', {}, 'go', '"connection_latency_ms":35,'],
    ['an ampersand stays', {}, 'exact', '?a=1&b=2"'],
    ['and is escaped for servers before', {}, 'go', '?a=1\\u0026b=2"'],
    ['text beyond ASCII stays', { mcp_name: 'fü' }, 'exact', '"mcp_name":"fü"'],
    ['and is escaped by Python', { mcp_name: 'fü🦊' }, 'python', '"mcp_name":"f\\u00fc\\ud83e\\udd8a"'],
    ['a backspace has no short form', { mcp_name: 'a\bc' }, 'exact', '"mcp_name":"a\\u0008c"'],
    ['a backslash before a b is one', { mcp_name: 'a\\b' }, 'exact', '"mcp_name":"a\\\\b"'],
  ])('%s', (_, change, form, part) => {
    expect(attestationMessage({ ...attestation, ...change }, form)).toContain(part);
  });

  test('leaves out a challenge that is empty or absent', () => {
    for (const challenge of ['', undefined])
      expect(attestationMessage({ ...attestation, challenge })).not.toContain('challenge');
  });

  test('of the oldest servers has their order', () => {
    const names = Object.keys(JSON.parse(attestationMessage({ ...attestation, challenge: '' }, 'oldest')) as object);
    expect(names.join(' ')).toBe(
      'agent_id mcp_url mcp_name capabilities_found connection_successful health_check_passed connection_latency_ms timestamp sdk_version',
    );
  });
});

describe('what is sent', () => {
  const key = readSigningKey(Buffer.alloc(32, 1).toString('base64'));
  test.each<[latency: number, form: AttestationForm, written: string]>([
    [35, 'exact', '35.0'],
    [35, 'go', '35'],
    [35, 'oldest', '35'],
    [35, 'python', '35.0'],
    [0.25, 'exact', '0.25'],
  ])('%d ms for %s is written %s, as it was signed', (connection_latency_ms, form, written) => {
    const { attestation: body } = signedAttestation({ ...attestation, connection_latency_ms }, key, form);
    expect(JSON.stringify(body)).toContain(`"connection_latency_ms":${written},`);
    expect(JSON.stringify(body)).toContain('"challenge":"AAEC');
  });
});

test.each([
  [0, 0],
  [-3, 0],
  [Number.NaN, 0],
  [0.001, 0.01],
  [0.004, 0.01],
  [12.345, 12.35],
  [12.344, 12.34],
  [35, 35],
  [2_000_000, 999_999],
])('a latency of %d ms counts as %d', (measured, counted) => {
  expect(latencyOf(measured)).toBe(counted);
});
