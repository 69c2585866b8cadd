// What the verbs print that look after a control plane on this machine.

import { z } from 'zod';
import type { Running } from '../serve/running.ts';
import { count, flag, maybeNumber, maybeText, shapeOf, text } from './shape.ts';

const running = shapeOf<Running>()(
  z.object({
    running: flag,
    ready: flag.describe('It answers, and can reach its database'),
    url: maybeText,
    pid: maybeNumber,
    version: maybeText,
    instanceId: maybeText,
    data: text,
  }),
);

const contents = z.record(z.string(), count).describe('How much of everything is in it');

export const upkeepOutputs = {
  'serve.status': running,
  'serve.stop': running,
  'serve.backup': z.object({ file: text, contents }),
  'serve.restore': z.object({ contents, setAside: maybeText.describe('Where what was there before is now') }),
};
