// `:` every screen and every verb by a few letters; what follows the verb are its arguments, completed from the server.

import { useEffect, useState, useSyncExternalStore } from 'react';
import type { Action, Candidate } from '../../commands/action.ts';
import { isSecret } from '../../src/state/remembered.ts';
import { ours } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import { NOTHING_SELECTED } from '../actions/availability.ts';
import { useDashboard } from '../dashboard-context.ts';
import type { Runs } from '../paint.ts';
import type { Screen } from '../screen.ts';
import { own, words } from '../words.ts';
import { disabledNow } from './action-keys.ts';
import { Chooser } from './chooser.tsx';
import { destinationOf } from './destination.ts';
import { fuzzySort } from './fuzzy.ts';
import { prepareLine } from './palette-line.ts';
import { runLine } from './run-line.ts';
import { useFeatures } from './use-features.ts';
import { verbOf } from './verb-of.ts';

type Entry =
  /** A view, an alias, or a word of the palette's own, with the line that it stands for. */
  | { kind: 'line'; name: string; line: string }
  | { kind: 'screen'; screen: Screen }
  /** `named` is the argument that is typed behind it. */
  | { kind: 'action'; action: Action; named?: string }
  | { kind: 'candidate'; action: Action; before: string; candidate: Candidate };

export function Palette({ initial, width, height, close }: { initial: string; width: number; height: number; close(): void }) {
  const dashboard = useDashboard();
  const { screens, registry, shell, context, remembered, lines } = dashboard;
  const features = useFeatures();
  const [history] = useState(() => [
    ...new Set([...shell.memory<string[]>('palette', () => []), ...remembered.get('palette')]),
  ]);
  const { aliases, views, plugins } = useSyncExternalStore(lines.subscribe, lines.getState);
  const [candidates, setCandidates] = useState<{ key: string; list: readonly Candidate[] }>({ key: '', list: [] });
  useEffect(() => {
    void prepareLine();
    lines.reload();
  }, [lines]);
  const all: Entry[] = [
    ...Object.entries({ ...views, ...aliases }).map(([name, line]) => ({ kind: 'line', name, line }) as const),
    ...screens
      .filter(({ id, tab }) => tab !== undefined || !NEEDS_ONE.has(id))
      .map((screen) => ({ kind: 'screen', screen }) as const),
    ...Object.entries(plugins).map(([name, line]) => ({ kind: 'line', name: `plugin ${name}`, line }) as const),
    ...(dashboard.contexts ? [{ kind: 'line', name: 'context', line: 'go to another server or sign-in' } as const] : []),
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
    const wanted = /^(?:context|ctx) (.*)$/.exec(text);
    if (wanted && dashboard.contexts) {
      return fuzzySort(dashboard.contexts.list(), wanted[1] ?? '', ({ name }) => name).map(
        ({ name, server }) =>
          ({ kind: 'line', name: `context ${name}`, line: server ?? 'the control plane of this machine' }) as const,
      );
    }
    const verb = verbOf(text, registry);
    if (!verb) return fuzzySort(all, text, nameOf);
    const { action, rest } = verb;
    queueMicrotask(() => askFor(action, rest, text));
    const found = candidates.list.filter(({ value }) => value.startsWith(rest.at(-1) ?? ''));
    const before = text.slice(0, text.length - (rest.at(-1) ?? '').length);
    return [
      { kind: 'action', action, ...(rest[0] ? { named: rest[0] } : {}) },
      ...found.map((candidate) => ({ kind: 'candidate', action, before, candidate }) as const),
    ];
  };
  const choose = (text: string, entry: Entry | undefined) => {
    close();
    const line = chosenLine(text, entry);
    remember(line);
    if (!runLine(dashboard, line)) shell.say(words`There is no command ${visible(text, { max: 40 })}.`, 'warning');
  };
  const chosenLine = (text: string, entry: Entry | undefined): string => {
    if (entry?.kind === 'candidate') return entry.before + entry.candidate.value;
    if (verbOf(text, registry) || destinationOf(text, screens)) return text;
    // What was typed behind a name belongs to it: the name is completed, the rest stays.
    if (entry?.kind === 'line') return text.startsWith(`${entry.name} `) ? text : entry.name;
    if (entry?.kind === 'screen') return entry.screen.id;
    return entry?.kind === 'action' ? entry.action.id.replaceAll('.', ' ') : text;
  };
  const remember = (line: string) => {
    if (line.trim() === '') return;
    const next = [line, ...history.filter((old) => old !== line)].slice(0, 100);
    shell.remember('palette', next);
    remembered.set(
      'palette',
      next.filter((old) => !isSecret(old)),
    );
  };
  const complete = (text: string, entry: Entry | undefined): string => {
    if (!entry) return text;
    if (entry.kind === 'candidate') return `${entry.before}${entry.candidate.value} `;
    return entry.kind === 'action' && !verbOf(text, registry)
      ? `${entry.action.id.replaceAll('.', ' ')} `
      : entry.kind === 'screen'
        ? entry.screen.id
        : entry.kind === 'line'
          ? `${entry.name} `
          : text;
  };
  const rowOf = (entry: Entry): { left: Runs; right?: Runs } => {
    if (entry.kind === 'line')
      return {
        left: [
          { text: visible(entry.name, { max: 60 }), tone: 'strong' },
          { text: words`  ${visible(entry.line, { max: 200 })}`, tone: 'muted' },
        ],
      };
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
    const because = disabledNow(dashboard, entry.action, features, entry.named);
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

const nameOf = (entry: Entry): string =>
  entry.kind === 'line'
    ? `${entry.name} ${entry.line}`
    : entry.kind === 'screen'
      ? entry.screen.title
      : entry.kind === 'action'
        ? `${entry.action.id.replaceAll('.', ' ')} ${entry.action.summary}`
        : entry.candidate.value;
