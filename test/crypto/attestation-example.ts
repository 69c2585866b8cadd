// The attestation whose text and signature the wire note gives (wire-mcp-logs-a2a §2.4).

import type { Attestation } from '../../src/crypto/attestation.ts';

export const attestation: Attestation = {
  agent_id: '11111111-1111-4111-8111-111111111111',
  capabilities_found: ['read_file', 'write_file'],
  challenge: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
  connection_latency_ms: 35,
  connection_successful: true,
  health_check_passed: true,
  mcp_name: 'fs',
  mcp_url: 'https://mcp.example.test/mcp?a=1&b=2',
  sdk_version: '1.1.0',
  timestamp: '2026-01-02T03:04:05+00:00',
};
