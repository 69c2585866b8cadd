// The words of a program's line in a setting or a variable, as a shell divides it, without a shell: `code --wait`, `'/opt/my editor/ed' -n`.

export const programWords = (line: string): string[] =>
  [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, double, single, bare]) => double ?? single ?? bare ?? '');
