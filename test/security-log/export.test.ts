// Every export format against golden files: one line for every event type, and for everything that tries to break out of a format.

import { describe, expect, test } from 'vitest';
import { toCef } from '../../src/security-log/export/cef.ts';
import { exportFormats, formatEntry } from '../../src/security-log/export/formats.ts';
import { toLeef } from '../../src/security-log/export/leef.ts';
import { toOtlp } from '../../src/security-log/export/otlp.ts';
import { framed, toSyslog } from '../../src/security-log/export/syslog.ts';
import { asUntrusted } from '../../src/text/brand.ts';
import { version } from '../../src/version.ts';
import { NOW, sampleEntries } from './samples.ts';

const entry = (change: object) => ({ ...sampleEntries[0]!, ...change });

describe('golden files', () => {
  test.each(exportFormats)('%s', async (format) => {
    const records = sampleEntries.map((sample) => formatEntry(sample, format, NOW).replaceAll(version, '1.0.0'));
    await expect(`${records.join('\n')}\n`).toMatchFileSnapshot(`golden/${format}.txt`);
  });
});

describe('every format', () => {
  test.each(exportFormats)('%s gives one record of one line, without controls', (format) => {
    for (const sample of sampleEntries) {
      const record = formatEntry(sample, format, NOW);
      if (format === 'csv') continue; // a line break inside of quotes is RFC 4180
      expect(record).not.toMatch(/[\r\n\0]/);
    }
  });

  test.each(['ecs', 'ocsf', 'otlp', 'jsonl'] as const)('%s is JSON', (format) => {
    for (const sample of sampleEntries) expect(() => JSON.parse(formatEntry(sample, format, NOW))).not.toThrow();
  });
});

describe('CEF', () => {
  test('escapes the header by its rules and the extension by its own', () => {
    const record = toCef(entry({ type: asUntrusted('a|b\\c=d'), message: asUntrusted('a|b\\c=d\ne') }), { now: NOW });
    expect(record).toContain('|AUTHN:a\\|b\\\\c=d|a\\|b\\\\c=d|');
    expect(record).toContain('msg=a|b\\\\c\\=d\\ne');
  });
});

describe('LEEF', () => {
  test('lets no value begin another pair or another event', () => {
    const record = toLeef(entry({ message: asUntrusted('x\tusrName=root\nLEEF:2.0|') }), { now: NOW });
    expect(record.split('\t').filter((pair) => pair.startsWith('usrName='))).toEqual(['usrName=billing-bot']);
    expect(record).not.toContain('\n');
  });
});

describe('syslog', () => {
  test('escapes parameters, and frames by bytes', () => {
    const record = toSyslog(entry({ agentName: asUntrusted('a"b]c\\d') }), { now: NOW });
    expect(record).toContain('agentName="a\\"b\\]c\\\\d"');
    expect(framed('ü')).toBe('2 ü');
  });
});

describe('OTLP', () => {
  test('groups many lines by host into one request', () => {
    const body = JSON.parse(toOtlp(sampleEntries.slice(0, 10), { now: NOW }));
    expect(body.resourceLogs).toHaveLength(1);
    expect(body.resourceLogs[0].scopeLogs[0].logRecords).toHaveLength(10);
    expect(body.resourceLogs[0].scopeLogs[0].logRecords[0].traceId).toBe('22222222222242228222222222222222');
  });
});
