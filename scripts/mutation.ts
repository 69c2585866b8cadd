// How many small changes of the rules the tests notice (`npm run mutation [-- ROOM …]`): a table for each room, what nobody noticed, and exit code 1 below 85 %.

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Mutant } from './mutation/instrumented.ts';
import { rooms } from './mutation/rooms.ts';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const GOAL = 0.85;
const wanted = process.argv.slice(2);
const tools = installTools();
const shares = (wanted.length > 0 ? wanted : Object.keys(rooms)).map(runRoom);
process.exitCode = shares.some((share) => share < GOAL) ? 1 : 0;

/** The share that was noticed, of all mutants but those of constants, which are over before one can be switched on. */
function runRoom(room: string): number {
  const folder = mkdtempSync(join(tmpdir(), 'aim-mutation-'));
  const files = { mutants: join(folder, 'mutants.json'), found: join(folder, 'found.jsonl') };
  try {
    writeFileSync(files.found, '');
    spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', '--config', 'scripts/mutation/vitest.config.ts'], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        ...process.env,
        AIM_MUTATION_ROOM: room,
        AIM_MUTATION_TOOLS: tools,
        AIM_MUTATION_MUTANTS: files.mutants,
        AIM_MUTATION_FOUND: files.found,
      },
    });
    return report(room, JSON.parse(readFileSync(files.mutants, 'utf8')) as Mutant[], readFileSync(files.found, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function report(room: string, mutants: readonly Mutant[], lines: string): number {
  const found = lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { killed?: string; seen?: string; static?: string[] });
  const idsOf = (of: 'killed' | 'seen') => new Set(found.map((one) => one[of]));
  const [killed, seen] = [idsOf('killed'), idsOf('seen')];
  const constants = new Set(found.flatMap((one) => one.static ?? []));
  const tried = mutants.filter(({ id }) => seen.has(id) || !constants.has(id));
  for (const { id, file, line, column, was, becomes } of tried)
    if (!killed.has(id))
      console.log(`${file}:${line}:${column}  ${one(was)}  →  ${one(becomes)}${seen.has(id) ? '' : '  (no test comes past)'}`);
  const noticed = tried.filter(({ id }) => killed.has(id)).length;
  const share = noticed / Math.max(1, tried.length);
  console.log(
    `\n${room}: ${noticed} of ${tried.length} noticed, ${(share * 100).toFixed(1)} % (and ${mutants.length - tried.length} of constants)\n`,
  );
  return share;
}

function one(text: string): string {
  return text.replaceAll(/\s+/g, ' ').slice(0, 80);
}

/** Stryker's instrumenter and the Babel that it brings are for this alone, and no dependency of the project. */
function installTools(): string {
  const folder = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'aim-terminal-peers', 'mutation');
  if (existsSync(join(folder, 'node_modules/@stryker-mutator/instrumenter'))) return folder;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true }));
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '@stryker-mutator/instrumenter@10.1.1'], {
    cwd: folder,
    stdio: 'inherit',
  });
  return folder;
}
