// `aim` from its first instruction: answers `version` at once, and loads the rest only for the verb that needs it.

import { version } from '../src/version.ts';
import { wordsOf } from './global-options.ts';

const argv = process.argv.slice(2);
const writeFailures: Record<string, string> = {
  ENOSPC: 'there is no space left',
  EDQUOT: 'the disk quota is used up',
  EIO: 'the device failed',
};

// A reader that has seen enough (`| head`) is no error; a disk that is full is one, said in a sentence.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    const because = writeFailures[error.code ?? ''] ?? error.code;
    if (stream === process.stdout) process.stderr.write(`aim: The output could not be written: ${because}.\n`);
    process.exit(1);
  });
}

if (argv.length === 1 && ['version', '--version', '-V'].includes(argv[0] as string)) {
  process.stdout.write(`aim ${version}\n`);
} else if (argv[0] === '__complete') {
  const { answerCompletion } = await import('./completion/answer.ts');
  await answerCompletion(argv.slice(1));
  await leave(0);
} else if (argv[0] === '__update') {
  const { checkForUpdate } = await import('./update-notice.ts');
  await checkForUpdate(argv[1] ?? '', process.env);
  await leave(0);
} else if (wordsOf(argv).length === 0 && !argv.some((word) => ['-h', '--help', '--version', '-V'].includes(word))) {
  const { openDashboard } = await import('./no-verb.ts');
  await leave(await openDashboard(argv));
} else {
  const { runCommandLine } = await import('./command-line.ts');
  await leave(await runCommandLine(argv));
}

// Sockets that a server keeps open must not keep a finished command alive; what was written has to arrive first.
async function leave(code: number): Promise<void> {
  await Promise.all(
    [process.stdout, process.stderr].map((stream) => new Promise<void>((done) => stream.write('', () => done()))),
  );
  process.exit(code);
}
