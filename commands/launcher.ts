#!/usr/bin/env node
// Starts `aim` on a Node that is new enough, and says in one line what is needed on one that is not.

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < 22 || (major === 22 && minor < 16)) {
  process.stderr.write(
    `aim needs Node 22.16 or later; this is ${process.version}. Get a newer one from https://nodejs.org, or in this package’s own folder: npx aim\n`,
  );
  process.exitCode = 1;
} else {
  // Node 22 and 24 call SQLite experimental on standard error, where a script expects one object or nothing. Can go with Node 24.
  const { emitWarning } = process;
  process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
    if (!String(warning).startsWith('SQLite is an experimental')) Reflect.apply(emitWarning, process, [warning, ...rest]);
  };
  // Compiled code is kept between runs: it halves the start of every command.
  import('node:module').then((module) => {
    module.enableCompileCache?.();
    return import('./main.ts');
  });
}
