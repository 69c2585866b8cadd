// What starts `aim serve` on a server: the systemd unit as systemd reads it, and the container file, built where something can build it.

import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { kebab } from '../../commands/option-kind.ts';
import { serveActions } from '../../commands/serve/actions.ts';
import { waitUntil } from '../pty/terminal.ts';
import { provideBase } from './support-image.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const known = Object.keys(serveActions.find(({ id }) => id === 'serve')?.options ?? {}).map((name) => `--${kebab(name)}`);
const optionsIn = (text: string): string[] => [...text.matchAll(/--[a-z][a-z-]+/g)].map(([option]) => option);

describe('the systemd unit', () => {
  const unit = readFileSync(`${root}/aim.service`, 'utf8');

  test('is read by systemd without a complaint', () => {
    const { stdout, stderr, status } = spawnSync('systemd-analyze', ['verify', `${root}/aim.service`], { encoding: 'utf8' });
    expect({ status, said: stdout + stderr }).toEqual({ status: 0, said: '' });
  });

  test('gives the process no more than it needs', () => {
    const { stdout } = spawnSync('systemd-analyze', ['security', '--offline=true', `${root}/aim.service`], {
      encoding: 'utf8',
    });
    const [, level = '10'] = /exposure level for aim\.service: ([\d.]+)/.exec(stdout) ?? [];
    expect(Number(level)).toBeLessThan(2);
  });

  test('starts it with options that there are', () => {
    const [line = ''] = unit.split('\n').filter((text) => text.startsWith('ExecStart='));
    expect(known).toEqual(expect.arrayContaining(optionsIn(line)));
  });
});

describe('the container file', () => {
  const file = readFileSync(`${root}/Containerfile`, 'utf8');
  const instructions = file
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));

  test('holds instructions alone, runs as nobody in particular, and keeps its data outside', () => {
    const words = instructions.map((line) => line.split(' ')[0]);
    for (const word of words)
      expect(word).toMatch(/^(FROM|ENV|WORKDIR|COPY|RUN|USER|VOLUME|EXPOSE|STOPSIGNAL|HEALTHCHECK|ENTRYPOINT|CMD)$/);
    expect(words.indexOf('USER')).toBeLessThan(words.indexOf('ENTRYPOINT'));
    expect(instructions).toContain('VOLUME /data');
  });

  test('starts it with options that there are', () => {
    const starts = instructions.filter((line) => /^(ENTRYPOINT|CMD) /.test(line)).join(' ');
    expect(known).toEqual(expect.arrayContaining(optionsIn(starts)));
  });

  const builder = ['podman', 'docker'].find((name) => spawnSync(name, ['info'], { timeout: 20_000 }).status === 0);
  const container = (...args: string[]) => execFileSync(builder ?? '', args, { cwd: root, encoding: 'utf8', stdio: 'pipe' });
  test.skipIf(builder === undefined)(
    'builds, and what it builds serves as nobody in particular and stops when it is told to',
    async () => {
      const [base = ''] = instructions.filter((line) => line.startsWith('FROM ')).map((line) => line.slice(5));
      provideBase(builder ?? '', base);
      container('build', '--network', 'host', '--tag', 'aim-test', '--file', 'Containerfile', '.');
      expect(container('run', '--rm', '--entrypoint', 'aim', 'aim-test', 'version')).toMatch(/^aim \d/);
      const admin = ['-e', 'AIM_ADMIN_EMAIL=ada@example.com', '-e', 'AIM_ADMIN_PASSWORD=correct horse battery staple'];
      const address = ['-e', 'AIM_PUBLIC_URL=https://aim.example', '--network', 'host'];
      const listen = ['--listen', '127.0.0.1:0', '--behind-tls-proxy'];
      const id = container('run', '--detach', ...address, ...admin, 'aim-test', ...listen).trim();
      try {
        const url = await waitUntil(() => /listening on (\S+)/.exec(container('logs', id))?.[1], 30_000);
        expect(await (await fetch(`${url}/health/ready`)).json()).toMatchObject({ ready: true });
        expect(container('top', id, 'user')).toMatch(/node\s*$/);
        container('stop', id);
        expect(container('inspect', '--format', '{{.State.ExitCode}}', id).trim()).toBe('0');
      } finally {
        container('rm', '--force', '--volumes', id);
      }
    },
    600_000,
  );
});
