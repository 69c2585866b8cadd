// Is a resource meant by one that is closed, in whatever spelling it is reached?

import { unescaped } from '../../wire/lies-within.ts';

/** Whether a closed resource (exact, or a start with `*`) may be meant, however it is spelled. */
export function reaches(resource: string, closed: string): boolean {
  const isStart = closed.endsWith('*');
  const wanted = plainPath(isStart ? closed.slice(0, -1) : closed);
  const asked = plainPath(resource);
  // A pattern that is asked for holds all that is below it.
  if (asked.endsWith('*') && wanted.startsWith(asked.slice(0, -1))) return true;
  return [resource.toLowerCase(), asked].some((spelling) => (isStart ? spelling.startsWith(wanted) : spelling === wanted));
}

// Escapes undone, `\\` read as `/`, doubled and dotted steps taken, case forgotten.
function plainPath(text: string): string {
  const steps: string[] = [];
  for (const step of unescaped(text)
    .toLowerCase()
    .replaceAll('\\', '/')
    .replace(/\/{2,}/g, '/')
    .split('/')) {
    const last = steps.at(-1);
    if (step === '.') continue;
    if (step !== '..' || last === undefined || last === '..') steps.push(step);
    else if (last !== '') steps.pop();
  }
  return steps.join('/');
}
