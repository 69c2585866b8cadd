// A security log of any size to measure with: chained, in which every line differs.

import { closeSync, openSync, writeSync } from 'node:fs';
import { digest, GENESIS, linkLine } from '../../src/security-log/chain.ts';

/** A log of about so many bytes. */
export function makeLog(path: string, bytes: number): void {
  const fd = openSync(path, 'w', 0o600);
  let previous = GENESIS;
  let written = 0;
  for (let seq = 1; written < bytes; ) {
    const lines: string[] = [];
    for (let count = 0; count < 1000; count += 1, seq += 1) {
      const line = lineOf(seq, previous);
      previous = digest(line);
      lines.push(line);
    }
    written += writeSync(fd, `${lines.join('\n')}\n`);
  }
  closeSync(fd);
}

export function lineOf(seq: number, prevHash: string): string {
  const severity =
    seq % 1000 === 0 ? 'CRITICAL' : seq % 100 === 0 ? 'ERROR' : seq % 10 === 0 ? 'WARNING' : seq % 7 === 0 ? 'DEBUG' : 'INFO';
  const id = seq.toString(16).padStart(12, '0');
  const body = `{"timestamp":"${new Date(1_760_000_000_000 + seq * 37).toISOString().slice(0, -1)}123+00:00","event_id":"9c1e4c62-7d0a-4c6e-8f5e-${id}","category":"AUTHZ","event_type":"CAPABILITY_GRANTED","severity":"${severity}","message":"Authorization CAPABILITY_GRANTED: db:read on orders/${seq} - GRANTED","sdk_version":"aim-sdk-typescript@0.1.0","hostname":"bench","process_id":4242,"agent_id":"11111111-1111-4111-8111-${(seq % 1000).toString().padStart(12, '0')}","agent_name":"agent-${seq % 1000}","action":"${seq % 3 === 0 ? 'db:write' : 'db:read'}","resource":"orders/${seq}","result":"GRANTED","details":{"number":${seq},"rows":12},"correlation_id":"22222222-2222-4222-8222-${id}"`;
  return linkLine(body, { seq, prevHash });
}
