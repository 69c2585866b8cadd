// The first word of a command line, and where its verbs are declared: only the module that is asked for gets loaded.

import type { Action } from './action.ts';

export type VerbGroup = {
  /** One line of `aim --help`. */
  summary: string;
  heading: Heading;
  load(): Promise<readonly Action[]>;
};

export const headings = ['Watch and decide', 'Agents and their servers', 'Control plane', 'Sign-in', 'This program'] as const;
export type Heading = (typeof headings)[number];

export const verbGroups: Readonly<Record<string, VerbGroup>> = {
  version: {
    summary: 'Print the version',
    heading: 'This program',
    load: async () => [(await import('./version.ts')).showVersion],
  },
};
