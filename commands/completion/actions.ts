// `aim completion`: the script that makes a shell complete verbs, options, names and ids.

import { z } from 'zod';
import { type Action, type Argument, defineAction } from '../action.ts';
import { type Shell, scripts, shells } from './scripts.ts';

const shell: Argument<Shell> = {
  summary: `One of ${shells.join(', ')}`,
  parse: (text) => z.enum(shells, `a shell is one of ${shells.join(', ')}`).parse(text === 'pwsh' ? 'powershell' : text),
  complete: async () => shells.map((value) => ({ value })),
};

const completion = defineAction({
  id: 'completion',
  summary: 'Print the completion script of a shell',
  description:
    'Names of agents and ids of requests come from a cache that refreshes itself in the background, so a key press never waits for the network.',
  examples: [
    { command: 'completion bash > ~/.local/share/bash-completion/completions/aim', summary: 'For bash' },
    { command: 'completion zsh > "${fpath[1]}/_aim"', summary: 'For zsh' },
    { command: 'completion fish > ~/.config/fish/completions/aim.fish', summary: 'For fish' },
  ],
  args: { shell },
  options: {},
  needs: 'none',
  mendsSettings: true,
  commandLineOnly: true,
  run: async ({ io }, args) => {
    io.stdout.write(io.json ? `${JSON.stringify({ shell: args.shell, script: scripts[args.shell] })}\n` : scripts[args.shell]);
  },
  view: { kind: 'none' },
});

export const completionActions: readonly Action[] = [completion];
