// Closed resources, in whatever spelling they are reached.

import { describe, expect, test } from 'vitest';
import { reaches } from '../../../src/control-plane/rules/resource-match.ts';

describe('what is closed', () => {
  test.each<[closed: string, resource: string, is: boolean]>([
    ['secrets', 'secrets', true],
    ['secrets', 'SECRETS', true],
    ['Secrets', 'secrets', true],
    ['secrets', 'secrets2', false],
    ['secrets', 'my/secrets', false],
    ['/etc/*', '/etc/passwd', true],
    ['/etc/*', '/ETC/passwd', true],
    ['/etc/*', '//etc//passwd', true],
    ['/etc/*', '/var/../etc/passwd', true],
    ['/etc/*', '/./etc/passwd', true],
    ['/etc/*', '\\etc\\passwd', true],
    ['/etc/*', '/%65tc/passwd', true],
    ['/etc/*', '/%2565tc/passwd', true],
    ['/etc/*', '/etc/../var/log', true],
    ['/etc/*', '/var/log', false],
    ['/etc/passwd', '/etc/*', true],
    ['/etc/passwd', '/e*', true],
    ['/etc/passwd', '*', true],
    ['/etc/passwd', '/var/*', false],
    ['/etc/*', '../etc/passwd', false],
    ['../etc', '../../etc', false],
    ['/etc', '/../etc', true],
    ['/etc', '/%zz/../etc', true],
  ])('%s is reached by %s: %s', (closed, resource, is) => {
    expect(reaches(resource, closed)).toBe(is);
  });
});
