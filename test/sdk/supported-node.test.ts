// An older Node is told so before anything is registered.

import { afterEach, describe, expect, test, vi } from 'vitest';
import { secure } from '../../src/index.ts';

describe('on a Node without exact numbers', () => {
  const original = JSON;
  afterEach(() => vi.unstubAllGlobals());

  test('secure() says which one it needs', async () => {
    vi.stubGlobal('JSON', { parse: original.parse, stringify: original.stringify });
    await expect(secure('too-old')).rejects.toMatchObject({
      code: 'settings.node',
      message: expect.stringContaining('Node 22.16'),
    });
  });
});
