// The built program again and again in one process: each line that arrives is a command line, run with its own words and variables.

import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const [, , port, program] = process.argv;
const main = new URL('./main.js', pathToFileURL(program)).href;
const socket = connect(Number(port), '127.0.0.1');
let runs = 0;
for await (const line of createInterface({ input: socket })) {
  const { argv, env } = JSON.parse(line);
  process.argv = [process.argv[0], program, ...argv];
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  Object.assign(process.env, env);
  let code;
  process.exitCode = undefined;
  process.exit = (given) => {
    code ??= given ?? process.exitCode ?? 0;
  };
  // The entry is evaluated anew each time; what it loads stays loaded, as in no program that is started.
  await import(`${main}?run=${runs++}`);
  for (const stream of [process.stdout, process.stderr]) {
    stream.removeAllListeners('error');
    await new Promise((written) => stream.write(`\u001e${code ?? process.exitCode ?? 0}\u001e`, written));
  }
}
