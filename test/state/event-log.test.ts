// The live events: bounded, each verification once, gaps in their place, and the view that a filter makes of them.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StreamItem } from '../../src/http/api.ts';
import { createEventLog } from '../../src/state/event-log.ts';
import { createLogView } from '../../src/state/log-view.ts';
import { createRing } from '../../src/state/ring.ts';
import type { Timestamp } from '../../src/wire/scalars.ts';
import { anEvent } from '../components/fake-api.ts';

const at = '2026-11-23T03:00:00.000Z' as Timestamp;
const clock = { changed() {} };
const item = (id: string, members: Record<string, unknown> = {}): StreamItem => ({
  kind: 'event',
  event: { type: 'verification', position: id, at, change: 'created', subject: anEvent({ id, ...members }) },
});

describe('the log of events', () => {
  test('shows a verification that is decided later in its own row', () => {
    const log = createEventLog({ clock });
    log.add(item('v-1', { status: 'pending', result: null }));
    log.add(item('v-2'));
    log.add(item('v-1', { status: 'failed', result: 'denied' }));
    expect(log.next).toBe(2);
    expect(log.at(0)).toMatchObject({ key: 'v-1', event: { result: 'denied' } });
  });

  test('drops the oldest when it is full, and says how many', () => {
    const log = createEventLog({ clock, capacity: 3 });
    for (let index = 0; index < 5; index++) log.add(item(`v-${index}`));
    expect([log.first, log.next, log.dropped]).toEqual([2, 5, 2]);
    expect(log.at(1)).toBeUndefined();
    expect(log.sequenceOf('v-1')).toBe(-1);
    expect(log.sequenceOf('v-4')).toBe(4);
  });

  test('keeps a gap where the events would stand', () => {
    const log = createEventLog({ clock });
    log.add(item('v-1'));
    log.add({ kind: 'gap', missed: 312, filled: false, from: at, to: at });
    expect(log.at(1)).toMatchObject({ kind: 'gap', missed: 312 });
  });
});

describe('the view of a log', () => {
  test('is what filtering everything again would be, however events come, change and are dropped', () => {
    const step = fc.record({ id: fc.integer({ min: 0, max: 30 }), denied: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), fc.integer({ min: 2, max: 12 }), (steps, capacity) => {
        const log = createEventLog({ clock, capacity });
        const isDenied = (row: { kind: string }) =>
          row.kind === 'event' && (row as never as { event: { result: string } }).event.result === 'denied';
        const view = createLogView(log, isDenied);
        for (const { id, denied } of steps) {
          log.add(item(`v-${id}`, denied ? { status: 'failed', result: 'denied' } : {}));
          const rows = view.rows(null);
          const expected = [];
          for (let sequence = log.first; sequence < log.next; sequence++) {
            const row = log.at(sequence);
            if (row && isDenied(row)) expected.push(row.key);
          }
          const shown = Array.from({ length: rows.length }, (_, index) => rows.idAt(index));
          expect(shown).toEqual(expected);
          shown.forEach((key, index) => {
            expect(rows.indexOf(key ?? '')).toBe(index);
          });
        }
      }),
    );
  });

  test('stands still at the moment it was paused', () => {
    const log = createEventLog({ clock });
    log.add(item('v-1'));
    log.add(item('v-2'));
    const view = createLogView(log, null);
    const paused = log.next;
    log.add(item('v-3'));
    expect(view.rows(paused)).toMatchObject({ length: 2, total: 3 });
    expect(view.rows(null).length).toBe(3);
  });
});

test('a ring answers for what it still holds, and for nothing else', () => {
  const ring = createRing<number>(3);
  for (let value = 0; value < 10; value++) ring.push(value);
  expect([6, 7, 8, 9, 10].map((sequence) => ring.at(sequence))).toEqual([undefined, 7, 8, 9, undefined]);
});
