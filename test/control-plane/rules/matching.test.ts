// What covers what: capabilities, the resources of a grant, and closed resources in whatever spelling they are reached.

import { describe, expect, test } from 'vitest';
import { covers, type Granted, grantFor } from '../../../src/control-plane/rules/capability-match.ts';
import { reaches } from '../../../src/control-plane/rules/resource-match.ts';
import { liesWithin } from '../../../src/wire/lies-within.ts';

describe('a capability', () => {
  test.each<[granted: string, asked: string, is: boolean]>([
    ['db:read', 'db:read', true],
    ['*', 'db:read', true],
    ['db:*', 'db:read', true],
    ['db:*', 'db:', true],
    ['db:*', 'db', false],
    ['db:*', 'dbx:read', false],
    ['db*', 'db:read', false],
    ['db:read', 'db:*', false],
    ['db:read', 'db:readall', false],
    ['db:table:*', 'db:table:read', true],
    ['db:table:*', 'db:read', false],
  ])('%s covers %s: %s', (granted, asked, is) => {
    expect(covers(granted, asked)).toBe(is);
  });
});

describe('a grant', () => {
  const granted = (capabilityType: string, scope: Granted['scope'] = null): Granted => ({
    capabilityType,
    scope,
    executionMode: 'auto',
    isHoneytoken: false,
  });
  const found = (grants: Granted[], resource: string | null) => grantFor(grants, 'db:read', resource)?.capabilityType ?? null;

  test.each<[title: string, scope: Granted['scope'], resource: string | null, holds: boolean]>([
    ['without a scope, for any resource', null, 'users', true],
    ['with a scope of something else, for any resource', { hours: 'day' }, 'users', true],
    ['with an empty member, for any resource', { resources: null }, 'users', true],
    ['for a resource on its list', { resources: ['users', 'orders'] }, 'orders', true],
    ['for its one resource', { resource: 'users' }, 'users', true],
    ['below a start', { resources: ['files/*'] }, 'files/a', true],
    ['not above a start', { resources: ['files/*'] }, 'files/../secrets', false],
    ['not for another', { resources: ['users'] }, 'orders', false],
    ['not for none, where it names some', { resources: ['users'] }, null, false],
    ['not where its list is empty', { resources: [] }, 'users', false],
    ['not where its list holds no text', { resources: [7] }, '7', false],
  ])('holds %s', (_, scope, resource, holds) => {
    expect(found([granted('db:read', scope)], resource)).toBe(holds ? 'db:read' : null);
  });

  test('that says it exactly goes before one that covers it', () => {
    expect(found([granted('db:*'), granted('db:read'), granted('*')], null)).toBe('db:read');
  });

  test('that covers it serves where none says it, the first that fits', () => {
    expect(found([granted('mail:*'), granted('db:*', { resource: 'x' }), granted('*'), granted('db:*')], 'users')).toBe('*');
  });
});

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

describe('a resource', () => {
  test.each<[resource: string, allowed: string, is: boolean]>([
    ['files/a', 'files/a', true],
    ['files/a', 'files/*', true],
    ['files/', 'files/*', true],
    ['files', 'files/*', false],
    ['file/a', 'files/*', false],
    ['files/a', 'files/', false],
    ['files/..', 'files/*', false],
    ['files/../x', 'files/*', false],
    ['files\\..\\x', 'files*', false],
    ['files/%2e%2e/x', 'files/*', false],
    ['files/%252e%252e/x', 'files/*', false],
    ['files/..a/x', 'files/*', true],
    ['files/a../x', 'files/*', true],
    ['files/%zz', 'files/*', true],
    ['../x', '*', false],
    ['files/*', 'files/*', true],
  ])('%s lies within %s: %s', (resource, allowed, is) => {
    expect(liesWithin(resource, allowed)).toBe(is);
  });
});
