// What is a secret, what only points to one, and what is left of arguments and addresses when secrets are taken out.

import { describe, expect, test } from 'vitest';
import { addressWithoutSecrets, shapeClass, shapeOf, withoutSecrets } from '../../src/mcp/secrets.ts';

// Written in pieces, so that no scanner of this repository takes them for real ones.
const GITHUB = ['ghp', 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'].join('_');
const ANTHROPIC = ['sk', 'ant', 'api03', 'abcdefgh12345678'].join('-');
const AWS = ['AKIA', 'IOSFODNN7EXAMPLE'].join('');
const RANDOM = 'q9Zr4Kx7Lm2Np8Vt5Wb3Yc6Hd1Jf0Gs';

describe('shapeClass', () => {
  test.each<[name: string, value: string, expected: string]>([
    ['TOKEN', '', 'empty'],
    ['TOKEN', '${TOKEN}', 'reference'],
    ['TOKEN', '$TOKEN', 'reference'],
    ['TOKEN', '%TOKEN%', 'reference'],
    ['TOKEN', '${input:token}', 'reference'],
    ['TOKEN', '${env:TOKEN}', 'reference'],
    ['TOKEN', '{env:TOKEN}', 'reference'],
    ['TOKEN', '{file:~/.token}', 'reference'],
    ['TOKEN', 'op://vault/item/field', 'reference'],
    ['Authorization', 'Bearer ${TOKEN}', 'reference'],
    ['TOKEN', '${TOKEN:-dev}', 'reference'],
    ['TOKEN', `\${TOKEN:-${GITHUB}}`, 'secret'],
    ['Authorization', `Bearer ${RANDOM}`, 'secret'],
    ['X', GITHUB, 'secret'],
    ['X', ANTHROPIC, 'secret'],
    ['X', AWS, 'secret'],
    ['X', RANDOM, 'secret'],
    ['X', '0123456789abcdef0123456789abcdef', 'secret'],
    ['X', 'postgres://me:hunter2@db/app', 'secret'],
    ['DB_PASSWORD', 'hunter2', 'secret'],
    ['apiKey', 'abcd1234', 'secret'],
    ['API_KEY', 'your-api-key-here', 'plain'],
    ['API_KEY', '<YOUR_KEY>', 'plain'],
    ['API_KEY', 'changeme', 'plain'],
    ['TOKEN_FILE', '/run/secrets/token', 'plain'],
    ['AUTH', 'true', 'plain'],
    ['LOG_LEVEL', 'debug', 'plain'],
    ['KEYBOARD', 'qwerty', 'plain'],
    ['PATH', '/usr/local/bin:/usr/bin', 'plain'],
    ['X', '123e4567-e89b-12d3-a456-426614174000', 'plain'],
    ['X', '@modelcontextprotocol/server-filesystem@2026.8.31', 'plain'],
    ['X', '/home/me/Projects2026/ReallyLongFolderName/server', 'plain'],
    ['X', 'https://mcp.example.test/v1/mcp?region=eu', 'plain'],
  ])('%s=%s is %s', (name, value, expected) => {
    expect(shapeClass(name, value)).toBe(expected);
  });

  test('fingerprints are the same for one salt, differ between salts, and are not made of references', () => {
    expect(shapeOf('TOKEN', GITHUB, 'a')).toEqual(shapeOf('TOKEN', GITHUB, 'a'));
    expect(shapeOf('TOKEN', GITHUB, 'a').fingerprint).not.toBe(shapeOf('TOKEN', GITHUB, 'b').fingerprint);
    expect(shapeOf('TOKEN', '${TOKEN}', 'a').fingerprint).toBeNull();
  });
});

describe('withoutSecrets', () => {
  test.each<[args: string[], expected: string[]]>([
    [
      ['-y', 'server@1.0.0', '/home/me'],
      ['-y', 'server@1.0.0', '/home/me'],
    ],
    [
      ['--token', 'hunter2'],
      ['--token', '[secret]'],
    ],
    [
      ['--token=hunter2', '--verbose'],
      ['--token=[secret]', '--verbose'],
    ],
    [
      ['--token', '${TOKEN}'],
      ['--token', '${TOKEN}'],
    ],
    [
      ['-e', 'API_KEY=hunter2', 'image'],
      ['-e', 'API_KEY=[secret]', 'image'],
    ],
    [
      ['-e', 'API_KEY', 'image'],
      ['-e', 'API_KEY', 'image'],
    ],
    [
      ['--header', 'Authorization: Bearer hunter22'],
      ['--header', 'Authorization: [secret]'],
    ],
    [
      ['--header', 'Authorization:${AUTH}'],
      ['--header', 'Authorization:${AUTH}'],
    ],
    [['--header=X-Api-Key: hunter22'], ['--header=X-Api-Key: [secret]']],
    [[GITHUB], ['[secret]']],
    [
      ['-c', `TOKEN=${GITHUB} node server.js`],
      ['-c', 'TOKEN=[secret] node server.js'],
    ],
    [
      ['-c', 'curl -H "Authorization: Bearer abcdefgh12345678" x'],
      ['-c', 'curl -H "Authorization: Bearer [secret]" x'],
    ],
    [['postgresql://me:hunter2@localhost/app'], ['postgresql://me:[secret]@localhost/app']],
    [['--url=https://x.test/?api_key=hunter2&a=1'], ['--url=https://x.test/?api_key=[secret]&a=1']],
    [
      ['--port', '3000', '--key-file', '/etc/key.pem'],
      ['--port', '3000', '--key-file', '/etc/key.pem'],
    ],
    [
      ['-lc', 'cd /srv && node index.js --port=3000'],
      ['-lc', 'cd /srv && node index.js --port=3000'],
    ],
  ])('%j becomes %j', (args, expected) => {
    expect(withoutSecrets(args)).toEqual(expected);
  });
});

describe('addressWithoutSecrets', () => {
  test.each<[address: string, expected: string]>([
    ['https://mcp.example.test/mcp', 'https://mcp.example.test/mcp'],
    ['https://me:hunter2@mcp.example.test/mcp', 'https://me:[secret]@mcp.example.test/mcp'],
    [`https://${GITHUB}@mcp.example.test/mcp`, 'https://[secret]@mcp.example.test/mcp'],
    ['https://x.test/mcp?token=hunter2', 'https://x.test/mcp?token=[secret]'],
    ['https://x.test/mcp?token=${TOKEN}', 'https://x.test/mcp?token=${TOKEN}'],
    [`https://x.test/s/${RANDOM}/mcp`, 'https://x.test/s/[secret]/mcp'],
    ['https://x.test/mcp#access_token=hunter2', 'https://x.test/mcp#access_token=[secret]'],
    ['unix:///run/mcp.sock', 'unix:///run/mcp.sock'],
    ['not an address', 'not an address'],
  ])('%s becomes %s', (address, expected) => {
    expect(addressWithoutSecrets(address)).toBe(expected);
  });
});

describe('a secret in any place of an argument', () => {
  test.each<[args: string[]]>([
    [['--config', '{"apiKey":"planted1","inner":{"password":"planted"}}']],
    [['--config', '{\\"apiKey\\":\\"planted1\\"}']],
    [['-c', 'server --token planted1 --other']],
    [['-c', "server --password 'planted1'"]],
    [['-u', 'admin:planted']],
    [['--auth', 'planted1']],
    [['--set', 'api_key', 'planted1']],
    [['--secret-access-key:planted1']],
    [['--otp', 'planted1']],
    [['--header', 'X-Custom: planted']],
    [['--headers', '{"X-Auth":"planted"}']],
    [['-e', 'GREETING=planted']],
    [['--env-vars', 'A=planted,B=planted']],
    [['user:planted@host.example.test/db']],
    [['//user:planted@host.example.test/db']],
    [['https://x.test/mcp?code=planted1&sig=planted2']],
    [['https://x.test/mcp;token=planted1']],
    [['${BASE}/mcp?token=planted1']],
    [['https://x.test/s/k3planted9a7f2c8e1b5d4a6c0q/mcp']],
    [['https://x.test/token/k3planted9/mcp']],
    [['https://x.test/key=planted1/mcp']],
    [['https://x.test/mcp?4f9a8b7c6d5eplanted4f3a2b1c0d9e8f7A']],
    [['https://x.test/mcp#4f9a8b7c6d5eplanted4f3a2b1c0d9e8f7A']],
    [['https://x.test/mcp?token=dummy-planted']],
    [['--api-key', 'your-planted-key']],
    [['--pass', 'planted1']],
    [['/token', 'planted1']],
    [['config', 'set', 'apiKey', 'planted1']],
    [['-eGREETING=planted']],
    [['-HX-Custom: planted']],
    [['--token', '${PREFIX}planted1']],
    [['--header', 'Authorization: Bearer ${X} planted1']],
    [['-c', 'npx x --token \\"planted1\\"']],
    [['-c', 'curl -u "ann:planted1" https://x.test']],
    [['-c', 'docker run -e GREETING=planted image']],
    [['-Command', "$env:TOKEN='planted1'; npx x"]],
    [['-c', 'set -x TOKEN "planted1"; npx x']],
    [['-c', 'import os; os.environ["API_KEY"]="planted1"; import x']],
    [['Server=db;User Id=sa;Password=four planted words 1;Encrypt=true']],
    [['cGxhbnRlZHRoaXNpc25vdGFuYXNzaWdubWVudDEyMzQ1Njc4planted9==']],
  ])('%j says nothing of it', (args) => {
    expect(withoutSecrets(args).join(' ')).not.toContain('planted');
  });

  test.each<[args: string[]]>([
    [['--auth', 'oauth']],
    [['--session', 'default']],
    [['--user', '1000:1000']],
    [['--user', 'node:node']],
    [['-e', 'DEBUG=true', '-e', 'PORT=3000', '-e', 'HOST=0.0.0.0']],
    [['-e', 'TOKEN=${TOKEN}']],
    [['--config', '{"port":3000,"token":"${TOKEN}"}']],
    [['--header', 'Authorization: Bearer ${TOKEN}']],
    [['@example/server-filesystem@2026.1.14', '/srv/app']],
    [['--from', 'git+https://example.test/x@0123456789abcdef0123456789abcdef01234567', 'x']],
    [['https://x.test/auth/v2/mcp?v=2&region=eu-west-1']],
    [['https://x.test/keys/list#top']],
    [['https://x.test/mcp?readonly']],
    [['-e', 'TOKEN', '-v', '/data1:/data1', 'image']],
    [['set', 'region', 'eu-west-1']],
    [['-c', 'set -e; cd /srv && exec node index.js']],
  ])('%j is left as it is', (args) => {
    expect(withoutSecrets(args)).toEqual(args);
  });
});
