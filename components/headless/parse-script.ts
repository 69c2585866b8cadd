// The language of `aim ui --script`: one step a line, read whole before the first one is taken.

import { UsageError } from '../../src/errors.ts';
import { secondsOf } from '../../src/settings/duration.ts';
import { bytesOf } from '../terminal/key-bytes.ts';

export type Looked = { pattern: string | RegExp; isGone: boolean };
export type Step = { line: number; source: string } & (
  | { do: 'press'; keys: readonly string[] }
  | { do: 'type' | 'paste' | 'use' | 'click' | 'run'; text: string }
  | { do: 'go'; screen: string; of: string | null }
  | { do: 'size'; columns: number; rows: number }
  | { do: 'wait'; looked: Looked; seconds: number | null }
  | { do: 'expect'; looked: Looked }
  | { do: 'pause'; seconds: number }
  | { do: 'snapshot'; path: string | null }
  | { do: 'quit' }
);

/** @throws UsageError `script.invalid` with the line that is wrong, and what would be right. */
export function parseScript(text: string): Step[] {
  return text.split(/\r?\n/).flatMap((raw, index): Step[] => {
    const source = raw.trim();
    if (source === '' || source.startsWith('#')) return [];
    const [, word = '', rest = ''] = /^(\S+)\s*(.*)$/.exec(source) ?? [];
    const parse = Object.hasOwn(steps, word) ? steps[word] : undefined;
    if (!parse)
      throw invalid(index, source, `there is no step ${JSON.stringify(word)}; there are ${Object.keys(steps).join(', ')}`);
    const step = parse(rest);
    if (typeof step === 'string') throw invalid(index, source, step);
    return [{ ...step, line: index + 1, source } as Step];
  });
}

type Parsed = { do: Step['do'] } & Record<string, unknown>;

/** Each step: what its words become, or what is wrong with them. */
const steps: Record<string, (rest: string) => Parsed | string> = {
  press(rest) {
    const keys = rest.split(/\s+/).filter(Boolean);
    const unknown = keys.find((key) => bytesOf(key) === undefined);
    if (unknown !== undefined)
      return `there is no key ${JSON.stringify(unknown)}; keys are called a, S, enter, esc, up, pgdn, ctrl-s, f1`;
    return keys.length === 0 ? 'press needs keys, as: press down enter' : { do: 'press', keys };
  },
  type: (rest) => needed('type', rest, 'a text, as: type billing'),
  paste: (rest) => needed('paste', rest, 'a text, as: paste status:verified'),
  use: (rest) => needed('use', rest, 'the id of a key binding, as: use list.filter'),
  click: (rest) => needed('click', rest, 'the id of a widget, as: click tabs/agents'),
  run: (rest) => needed('run', rest, 'a verb as in the palette, as: run agents suspend billing-bot'),
  go(rest) {
    const [screen = '', of = null] = rest.split(/\s+/);
    return screen === '' ? 'go needs the id of a screen, as: go agents' : { do: 'go', screen, of };
  },
  size(rest) {
    const match = /^(\d+)[x×](\d+)$/.exec(rest);
    return match ? { do: 'size', columns: Number(match[1]), rows: Number(match[2]) } : 'size is COLUMNSxROWS, as: size 120x40';
  },
  wait(rest) {
    const [, duration, what = rest] = /^--for\s+(\S+)\s+(.*)$/.exec(rest) ?? [];
    const seconds = duration === undefined ? null : secondsOf(duration);
    if (duration !== undefined && seconds === null) return `${JSON.stringify(duration)} is no time, as 500ms, 10s or 2m`;
    const looked = lookedFor(what);
    return typeof looked === 'string' ? looked : { do: 'wait', looked, seconds };
  },
  expect(rest) {
    const looked = lookedFor(rest);
    return typeof looked === 'string' ? looked : { do: 'expect', looked };
  },
  pause(rest) {
    const seconds = secondsOf(rest);
    return seconds === null ? 'pause needs a time, as: pause 500ms' : { do: 'pause', seconds };
  },
  snapshot: (rest) =>
    rest === '' || /\.(txt|svg|json)$/.test(rest)
      ? { do: 'snapshot', path: rest === '' ? null : rest }
      : 'the name of a snapshot says what it is: it ends in .txt, .svg or .json',
  quit: () => ({ do: 'quit' }),
};

function needed(step: Step['do'], text: string, what: string): Parsed | string {
  return text === '' ? `${step} needs ${what}` : { do: step, text };
}

/** `text`, `/regex/`, or either of them after `not`. */
function lookedFor(rest: string): Looked | string {
  const isGone = /^not\s/.test(rest);
  const what = isGone ? rest.replace(/^not\s+/, '') : rest;
  if (what === '') return 'say what should be on the screen, as a text or /regular expression/';
  const match = /^\/(.+)\/([ims]*)$/.exec(what);
  if (!match) return { pattern: what.replace(/^"(.*)"$/, '$1'), isGone };
  try {
    return { pattern: new RegExp(match[1] ?? '', match[2]), isGone };
  } catch {
    return `${what} is not a regular expression`;
  }
}

const invalid = (index: number, source: string, because: string) =>
  new UsageError('script.invalid', {
    message: `Line ${index + 1} of the script, ${JSON.stringify(source.slice(0, 100))}: ${because}.`,
    next: 'The steps: aim ui --help',
  });
