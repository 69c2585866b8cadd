// A table in a terminal of any width, whatever stands in its cells.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvLine, tabLine } from '../../commands/output/delimited.ts';
import { tableLines } from '../../commands/output/table.ts';
import { fillTemplate } from '../../commands/output/template.ts';
import type { Column } from '../../commands/output/view.ts';
import { terminalYaml } from '../../commands/output/yaml.ts';
import { asUntrusted, ours } from '../../src/text/brand.ts';
import { widthOf } from '../../src/text/width.ts';

type Row = { name: string; status: string; resource: string; id: string };
const columns: Column<Row>[] = [
  { key: 'name', title: 'Name', value: (row) => asUntrusted(row.name) },
  { key: 'status', title: 'Status', value: (row) => asUntrusted(row.status) },
  { key: 'resource', title: 'Resource', value: (row) => asUntrusted(row.resource), grow: true },
  { key: 'id', title: 'Id', value: (row) => asUntrusted(row.id), format: 'id', giveUp: 1 },
];
const row = fc.record({
  name: fc.string({ unit: 'binary' }),
  status: fc.string(),
  resource: fc.string({ unit: 'grapheme', maxLength: 300 }),
  id: fc.uuid(),
});
const style = { headers: true, truncate: true, isTerminal: true, bold: (text: string) => text, now: 0 };
const active = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069]/;

describe('whatever others wrote', () => {
  test('a table is one line a row, never wider than the terminal, and nothing in it is active', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 5 }), fc.integer({ min: 40, max: 200 }), (rows, width) => {
        const lines = tableLines(columns, rows, { ...style, width });
        expect(lines.length).toBe(rows.length + 1);
        for (const line of lines) {
          expect(line).not.toMatch(active);
          expect(line).not.toContain('\n');
          expect(widthOf(ours(line))).toBeLessThanOrEqual(width);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('a line in a pipe has as many cells as there are columns', () => {
    fc.assert(
      fc.property(row, (one) => {
        expect(tabLine(columns, one).split('\t').length).toBe(columns.length);
      }),
    );
  });

  test('YAML and templates are no more active', () => {
    fc.assert(
      fc.property(row, (one) => {
        expect(terminalYaml(one)).not.toMatch(active);
        expect(fillTemplate(one, '{{name}}|{{resource}}')).not.toMatch(active);
      }),
    );
  });

  test.each(['=1+1', '+cmd', '-2', '@SUM(A1)', '|calc', '%x'])('a CSV cell %s is no formula', (name) => {
    expect(csvLine(columns, { name, status: '', resource: '', id: '' })).toMatch(/^'/);
  });
});

test('columns are given up in the order of the view, then cells are cut', () => {
  const one = {
    name: 'billing-bot',
    status: 'verified',
    resource: 'a-resource-with-a-long-name',
    id: '6f1c2b3a-0000-4000-8000-000000000000',
  };
  const titles = (width: number) =>
    tableLines(columns, [one], { ...style, width })[0]
      ?.trim()
      .split(/\s{2,}/);
  expect(titles(120)).toEqual(['NAME', 'STATUS', 'RESOURCE', 'ID']);
  expect(titles(60)).toEqual(['NAME', 'STATUS', 'RESOURCE', 'ID']);
  expect(titles(40)).toEqual(['NAME', 'STATUS', 'RESOURCE']);
});
