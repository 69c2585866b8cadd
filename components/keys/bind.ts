// A binding in a line, for those whose words are ours.

import { ours } from '../../src/text/brand.ts';
import type { Binding } from './keymap.ts';

export const bind = (
  id: string,
  keys: readonly string[],
  label: string,
  summary: string,
  run: () => void,
  footer?: number,
): Binding => ({
  id,
  keys,
  label: ours(label),
  summary: ours(summary),
  run,
  ...(footer === undefined ? {} : { footer }),
});
