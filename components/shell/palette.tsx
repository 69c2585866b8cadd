// `:` every screen and every verb by a few letters; what follows the verb are its arguments, completed from the server.

import { useEffect, useState } from 'react';
import type { Action, Candidate } from '../../commands/action.ts';
import { ours } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import { errorLine } from '../actions/run-action.ts';
import { useDashboard } from '../dashboard-context.ts';
import type { Runs } from '../paint.ts';
import type { Screen } from '../screen.ts';
import { own, words } from '../words.ts';
import { disabledNow } from './action-keys.ts';
import { Chooser } from './chooser.tsx';
import { fuzzySort } from './fuzzy.ts';
import { prepareLine, readLine } from './palette-line.ts';
import { useFeatures } from './use-features.ts';

type Entry =
  | { kind: 'screen'; screen: Screen }
  | { kind: 'action'; action: Action }
  | { kind: 'candidate'; action: Action; before: string; candidate: Candidate };

export function Palette({ initial, width, height, close }: { initial: string; width: number; height: number; close(): void }) {
  const dashboard = useDashboard();
  const { screens, registry, shell, context } = dashboard;
  const features = useFeatures();
  const history = shell.memory<string[]>('palette-history', () => []);
  const [candidates, setCandidates] = useState<{ key: string; list: readonly Candidate[] }>({ key: '', list: [] });
  useEffect(() => {
    void prepareLine();
  }, []);
  const all: Entry[] = [
    ...screens
      .filter(({ id, tab }) => tab !== undefined || !NEEDS_ONE.has(id))
      .map((screen) => ({ kind: 'screen', screen }) as const),
    ...registry.filter(({ commandLineOnly }) => !commandLineOnly).map((action) => ({ kind: 'action', action }) as const),
  ];

  const askFor = (action: Action, words_: readonly string[], key: string) => {
    const argument = Object.values(action.args)[Math.max(0, words_.length - 1)];
    if (!argument?.complete || candidates.key === key) return;
    setCandidates({ key, list: [] });
    // An answer that comes late, or not at all, leaves the list as it is: completion is a convenience.
    argument.complete(words_.at(-1) ?? '', context).then(
      (list) => setCandidates((now) => (now.key === key ? { key, list } : now)),
      () => {},
    );
  };
  const entriesFor = (text: string): readonly Entry[] => {
    const verb = verbOf(text, registry);
    if (!verb) return fuzzySort(all, text, nameOf);
    const { action, rest } = verb;
    queueMicrotask(() => askFor(action, rest, text));
    const found = candidates.list.filter(({ value }) => value.startsWith(rest.at(-1) ?? ''));
    const before = text.slice(0, text.length - (rest.at(-1) ?? '').length);
    return [
      { kind: 'action', action },
      ...found.map((candidate) => ({ kind: 'candidate', action, before, candidate }) as const),
    ];
  };
  const choose = (text: string, entry: Entry | undefined) => {
    close();
    const line = entry?.kind === 'candidate' ? entry.before + entry.candidate.value : text;
    if (line.trim() !== '') shell.remember('palette-history', [line, ...history.filter((old) => old !== line)].slice(0, 100));
    if (entry?.kind === 'screen') return shell.jump(entry.screen.id);
    const verb = verbOf(line, registry);
    const action = verb?.action ?? (entry && 'action' in entry ? entry.action : undefined);
    if (!action) return shell.say(words`There is no command ${visible(text, { max: 40 })}.`, 'warning');
    const because = disabledNow(dashboard, action, features);
    // What the selection lacks can be typed.
    if (because && because !== NOTHING_SELECTED) return shell.say(because, 'warning');
    readLine(verb ? line : action.id.replaceAll('.', ' '), action).then(
      ({ args, options }) => dashboard.run(action.id, {}, args, options),
      (error: unknown) => shell.say(errorLine(error), 'warning'),
    );
  };
  const complete = (text: string, entry: Entry | undefined): string => {
    if (!entry) return text;
    if (entry.kind === 'candidate') return `${entry.before}${entry.candidate.value} `;
    return entry.kind === 'action' && !verbOf(text, registry)
      ? `${entry.action.id.replaceAll('.', ' ')} `
      : entry.kind === 'screen'
        ? nameOf(entry)
        : text;
  };
  const rowOf = (entry: Entry): { left: Runs; right?: Runs } => {
    if (entry.kind === 'screen')
      return {
        left: [
          { text: entry.screen.title, tone: 'strong' },
          { text: ours('  screen'), tone: 'muted' },
        ],
      };
    if (entry.kind === 'candidate')
      return {
        left: [
          ours('  '),
          visible(entry.candidate.value),
          { text: words`  ${visible(entry.candidate.summary ?? '')}`, tone: 'muted' },
        ],
      };
    const because = disabledNow(dashboard, entry.action, features);
    const name = own(entry.action.id.replaceAll('.', ' '));
    const args = Object.entries(entry.action.args).map(([arg, { optional }]) =>
      own(optional ? ` [${arg}]` : ` ${arg.toUpperCase()}`),
    );
    const off = because && because !== NOTHING_SELECTED;
    return {
      left: [
        { text: name, tone: off ? 'muted' : 'strong' },
        ...args.map((text) => ({ text, tone: 'muted' as const })),
        { text: words`  ${off ? because : visible(entry.action.summary)}`, tone: 'muted' },
      ],
    };
  };

  return (
    <Chooser
      name="palette"
      prompt={ours(':')}
      initial={initial}
      entriesFor={entriesFor}
      rowOf={rowOf}
      complete={complete}
      onChoose={choose}
      onCancel={close}
      history={history}
      width={width}
      height={height}
    />
  );
}

/** Screens of one thing are reached from a list, not by name. */
const NEEDS_ONE: ReadonlySet<string> = new Set(['agent', 'event', 'approval', 'mcp-server']);
const NOTHING_SELECTED = ours('Nothing is selected');

const nameOf = (entry: Entry): string =>
  entry.kind === 'screen'
    ? entry.screen.title
    : entry.kind === 'action'
      ? `${entry.action.id.replaceAll('.', ' ')} ${entry.action.summary}`
      : entry.candidate.value;

/** The verb that a line begins with, once it is followed by a space or complete, and the words behind it (the last may be empty). */
export function verbOf(text: string, registry: readonly Action[]): { action: Action; rest: string[] } | null {
  const typed = text.trimStart();
  const found = registry
    .filter(
      ({ commandLineOnly, id }) =>
        !commandLineOnly && `${typed} `.startsWith(`${id.replaceAll('.', ' ')} `) && typed.length > id.length,
    )
    .sort((a, b) => b.id.length - a.id.length)[0];
  return found ? { action: found, rest: typed.slice(found.id.length + 1).split(/ +/) } : null;
}
