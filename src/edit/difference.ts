// What a change would do, line by line, before it is done.

import { type Held, isSame, type Member } from './document.ts';

export type DifferenceLine = { kind: 'member' | 'removed' | 'added'; text: string };

/** Only members that differ. The texts are other people's: show them through `visible()`. */
export function difference(members: readonly Member[], before: Held, after: Held): DifferenceLine[] {
  return members.flatMap(({ name, kind }): DifferenceLine[] => {
    const [was, is] = [before[name], after[name]];
    if (isSame(was, is)) return [];
    const heading: DifferenceLine = { kind: 'member', text: name };
    if (kind === 'words') {
      const [old, now] = [textsOf(was), textsOf(is)];
      return [
        heading,
        ...old.filter((item) => !now.includes(item)).map((text) => ({ kind: 'removed', text }) as const),
        ...now.filter((item) => !old.includes(item)).map((text) => ({ kind: 'added', text }) as const),
      ];
    }
    return [
      heading,
      ...linesOf(was).map((text) => ({ kind: 'removed', text }) as const),
      ...linesOf(is).map((text) => ({ kind: 'added', text }) as const),
    ];
  });
}

const textsOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

function linesOf(value: unknown): string[] {
  if (value === undefined || value === null || value === '') return [];
  return (typeof value === 'object' ? JSON.stringify(value, null, 2) : String(value)).split('\n');
}
