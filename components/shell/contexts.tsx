// The servers and sign-ins that can be gone to, with the word that each will have in the header.

import { createElement } from 'react';
import { ours } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import { fit } from '../../src/text/width.ts';
import { type Dashboard, useDashboard } from '../dashboard-context.ts';
import { words } from '../words.ts';
import { Chooser } from './chooser.tsx';
import { environmentOf } from './environment.ts';
import { fuzzySort } from './fuzzy.ts';
import type { OverlayProps } from './shell.ts';

export function openContexts({ contexts, shell }: Pick<Dashboard, 'contexts' | 'shell'>): void {
  if (!contexts) {
    shell.say(ours('There is one server here, and no profile of another.'), 'warning');
    return;
  }
  shell.open({
    kind: 'dialog',
    rows: Math.min(14, contexts.list().length + 2),
    render: (props) => createElement(ChooseContext, props),
  });
}

function ChooseContext({ width, height, close }: OverlayProps) {
  const { contexts, shell } = useDashboard();
  const profiles = contexts?.list() ?? [];
  return (
    <Chooser
      name="contexts"
      prompt={ours('go to: ')}
      entriesFor={(typed) =>
        fuzzySort(profiles, typed, ({ name, server, account }) => `${name} ${server ?? ''} ${account ?? ''}`)
      }
      rowOf={({ name, server, account }) => {
        const environment = environmentOf({ server: server ?? '', profile: name, embedded: server === null, profiles });
        return {
          left: [
            { text: words` ${environment.word} `, tone: environment.tone },
            fit(ours(''), Math.max(1, 13 - environment.word.length)),
            { text: fit(visible(name, { max: 50 }), 20), tone: 'strong' },
            { text: server === null ? ours('the control plane of this machine') : visible(server, { max: 80 }), tone: 'muted' },
            ...(account ? [ours('  '), visible(account, { max: 60 })] : []),
          ],
          ...(name === contexts?.current ? { right: [{ text: ours('here'), tone: 'accent' }] } : {}),
        };
      }}
      onChoose={(typed, profile) => {
        close();
        if (profile) void contexts?.switchTo(profile.name);
        else shell.say(words`There is no profile ${visible(typed, { max: 40 })}.`, 'warning');
      }}
      onCancel={close}
      width={width}
      height={height}
    />
  );
}
