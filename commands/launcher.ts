#!/usr/bin/env node
// Starts `aim` on a Node that is new enough, and says in one line what is needed on one that is not. It stands alone, in plain statements:
// a Node that is too old has to be able to read it, and a function with a name would be built with a part of its own to load.

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const [verb, next = '-'] = process.argv.slice(2);
const isServer = verb === 'serve' && next.startsWith('-') && !process.argv.includes('--detach');

if (major < 22 || (major === 22 && minor < 16)) {
  process.stderr.write(
    `aim needs Node 22.16 or later; this is ${process.version}. Get a newer one from https://nodejs.org, or in this package’s own folder: npx aim\n`,
  );
  process.exitCode = 1;
} else {
  // Node 22 and 24 call SQLite experimental on standard error, where a script expects one object or nothing. Can go with Node 24.
  const { emitWarning } = process;
  process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
    if (/^SQLite is an experimental|^process\.execve is an experimental/.test(String(warning))) return;
    Reflect.apply(emitWarning, process, [warning, ...rest]);
  };
  // A server lives long, and malloc, left alone, keeps an arena for each thread and what a password took to check: 30 MB. It listens only
  // when a process begins, so this one begins anew, with its own id.
  const isFrugal = process.env['MALLOC_ARENA_MAX'] !== undefined || process.platform !== 'linux';
  if (isServer && !isFrugal && process.send === undefined && process.argv[1] !== process.execPath) {
    process.execve?.(process.execPath, [process.execPath, ...process.execArgv, ...process.argv.slice(1)], {
      ...process.env,
      MALLOC_ARENA_MAX: '2',
      MALLOC_MMAP_THRESHOLD_: '1048576',
    });
  }
  // Compiled code is kept between runs: it halves the start of every command.
  import('node:module').then((module) => {
    module.enableCompileCache?.();
    return import('./main.ts');
  });
}
