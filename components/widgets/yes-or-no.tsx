// The answer to a question that lies over the screen: y alone says yes, Enter and escape leave everything as it is.

import { ours, type Printable } from '../../src/text/brand.ts';
import { useKeys } from '../keys/use-keys.ts';
import { Line } from '../line.tsx';
import { words } from '../words.ts';

type Said = { label: Printable; summary: Printable };

export type YesOrNo = {
  /** Of its keys, in settings and help. */
  name: string;
  yes: Said;
  /** What `no` means here. */
  no: Printable;
  close(): void;
  onYes(): void;
};

export function useYesOrNo({ name, yes, no, close, onYes }: YesOrNo): void {
  const agree = (): void => {
    close();
    onYes();
  };
  useKeys(
    [
      { id: `${name}.yes`, keys: ['y'], ...yes, footer: 1, decides: true, run: agree },
      {
        id: `${name}.no`,
        keys: ['n', 'esc', 'enter', 'q', 'ctrl-c'],
        label: ours('no'),
        summary: no,
        footer: 2,
        run: close,
      },
    ],
    { id: name, level: 'overlay', modal: true },
  );
}

/** The two answers, in one line. */
export function YesOrNoLine({ yes, width }: { yes: Printable; width: number }) {
  return (
    <Line
      runs={[
        ours('  '),
        { text: ours('y'), tone: 'key' },
        words` ${yes}    `,
        { text: ours('n'), tone: 'key' },
        ours(' no (also Enter, esc)'),
      ]}
      width={width}
    />
  );
}
