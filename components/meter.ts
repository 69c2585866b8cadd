// What drawing costs, in one line for whoever wants to see it: frames, bytes, what was left out, events, memory.

import type { Printable } from '../src/text/brand.ts';
import type { Drawn } from './terminal/painter.ts';
import { words } from './words.ts';

export type Meter = {
  readonly isOn: boolean;
  toggle(): void;
  /** Of the last second or so. Null while it is off. */
  line(): Printable | null;
};

export type MeterOptions = { drawn(): Drawn; events(): number; now?: () => number; isOn?: boolean };

export function createMeter({ drawn, events, now = () => performance.now(), isOn: begins = false }: MeterOptions): Meter {
  let isOn = begins;
  let before = sample();
  let text: Printable | null = null;

  function sample() {
    const { frames, bytes, skipped } = drawn();
    const { user, system } = process.cpuUsage();
    return { at: now(), frames, bytes, skipped, events: events(), cpu: (user + system) / 1000 };
  }

  return {
    get isOn() {
      return isOn;
    },
    toggle() {
      isOn = !isOn;
      before = sample();
      text = null;
    },
    line() {
      if (!isOn) return null;
      const elapsed = now() - before.at;
      if (text !== null && elapsed < 1000) return text;
      const latest = sample();
      const seconds = Math.max(0.001, elapsed / 1000);
      const frames = latest.frames - before.frames;
      const bytes = latest.bytes - before.bytes;
      const heap = Math.round(process.memoryUsage().heapUsed / 2 ** 20);
      const core = Math.round(((latest.cpu - before.cpu) / Math.max(1, elapsed)) * 100);
      // What a narrow terminal cuts off is what matters least.
      text = words`heap ${heap} MB, ${core} % of a core, ${round((latest.events - before.events) / seconds)} events/s, ${round(frames / seconds)} frames/s of ${round(bytes / Math.max(1, frames))} bytes, ${latest.skipped - before.skipped} left out`;
      before = latest;
      return text;
    },
  };
}

const round = (value: number): number => (value < 10 ? Math.round(value * 10) / 10 : Math.round(value));
