// One error, said once: a sentence and the next step for people, one object for programs; both with the same exit code.

import { AIMError, BugError, ExitCode } from '../../src/errors.ts';
import { asProgramReplaced } from '../../src/program-replaced.ts';
import { terminalJson } from '../../src/text/json.ts';
import { visible } from '../../src/text/visible.ts';

/** The text for standard error, with its line break. */
export function errorText(error: AIMError, { json, debug = false }: { json: boolean; debug?: boolean }): string {
  if (json) return `${terminalJson(errorObject(error))}\n`;
  const lines = [`aim: ${visible(error.message, { lines: 'many', max: 4000 })}`];
  if (error.retryAfter !== undefined) lines.push(`     The server asks to wait ${error.retryAfter} s.`);
  if (error.next !== undefined) lines.push(`     ${visible(error.next, { lines: 'many', max: 4000 })}`);
  if (error.kind === 'bug' || debug)
    lines.push(visible(String(error.cause instanceof Error ? error.cause.stack : error.stack), { lines: 'many' }));
  return `${lines.join('\n')}\n`;
}

/** The members that every error has are always there, so that a program need not look for them. */
export const errorObject = (error: AIMError) => {
  const { code, message, hint = null, requestId = null, ...rest } = error.toJSON();
  return { code, message, hint, requestId, docs: 'aim help exit-codes', exitCode: error.exitCode, ...rest };
};

/** Whatever was thrown, as one of ours. What nobody threw on purpose is our own mistake, or the machine's. */
export function asAIMError(thrown: unknown): AIMError {
  if (thrown instanceof AIMError) return thrown;
  const replaced = asProgramReplaced(thrown);
  if (replaced !== null) return replaced;
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  const machine = machineErrors[code];
  if (machine !== undefined) {
    return new MachineError(`system.${code.toLowerCase()}`, {
      message: `${machine.message}: ${(thrown as NodeJS.ErrnoException).path ?? (thrown as Error).message}`,
      next: machine.next,
      exitCode: machine.exitCode ?? ExitCode.Failure,
      cause: thrown,
    });
  }
  return new BugError('bug', {
    message: `Something went wrong inside aim: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
    next: 'This is our mistake. Please report it with the lines below.',
    cause: thrown,
  });
}

class MachineError extends AIMError {
  constructor(code: string, details: ConstructorParameters<typeof AIMError>[2]) {
    super('usage', code, details);
  }
}

const machineErrors: Record<string, { message: string; next: string; exitCode?: ExitCode }> = {
  ENOENT: { message: 'There is no such file or folder', next: 'Check the path.', exitCode: ExitCode.NotFound },
  EISDIR: { message: 'It is a folder', next: 'Name a file in it.' },
  ENOTDIR: { message: 'A part of the path is no folder', next: 'Check the path.' },
  ENAMETOOLONG: { message: 'The name is too long for a file', next: 'Give a shorter one.' },
  ENOSPC: { message: 'The disk is full', next: 'Free some space and run the command again.' },
  EDQUOT: { message: 'Your disk quota is used up', next: 'Free some space and run the command again.' },
  EACCES: { message: 'Permission denied', next: 'See where aim keeps its files: aim paths' },
  EPERM: { message: 'Not permitted', next: 'See where aim keeps its files: aim paths' },
  EROFS: {
    message: 'The file system is read-only',
    next: 'Set XDG_STATE_HOME and XDG_CONFIG_HOME to folders that can be written.',
  },
  EMFILE: { message: 'Too many open files', next: 'Raise the limit with ulimit -n.' },
};
