// One line for what went wrong: what happened and what to do next.

import { AIMError } from '../../src/errors.ts';
import { asProgramReplaced } from '../../src/program-replaced.ts';
import { ours, type Printable } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import { own, words } from '../words.ts';

export function errorLine(thrown: unknown): Printable {
  const error = asProgramReplaced(thrown) ?? thrown;
  if (!(error instanceof AIMError))
    return words`${own('Failed:')} ${visible(error instanceof Error ? error.message : String(error), { max: 300 })}`;
  const next = error.next === undefined ? ours('') : words` ${visible(error.next, { max: 200 })}`;
  return words`${visible(error.message, { max: 300 })}${next}`;
}
