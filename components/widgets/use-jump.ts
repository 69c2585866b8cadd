// `,`: a letter on each row that is shown; the letter is the way there.

import { useState } from 'react';
import { moveTo, type Rows } from '../../src/state/list.ts';
import { ours } from '../../src/text/brand.ts';
import { useKeys } from '../keys/use-keys.ts';
import type { ListStore } from './use-list.ts';

const LETTERS = [...'asdfghjkl;qwertyuiopzxcvbnmASDFGHJKLQWERTYUIOPZXCVBNM'];

export type JumpOptions<Row> = {
  list: ListStore;
  rows: Rows<Row>;
  top: number;
  height: number;
  shown: number;
  active: boolean;
};

/** The letter of a slot while letters are shown, else null. */
export function useJump<Row>({ list, rows, top, height, shown, active }: JumpOptions<Row>): (slot: number) => string | null {
  const [isOn, setOn] = useState(false);
  useKeys(
    [
      {
        id: 'list.jump',
        keys: [','],
        label: ours('jump'),
        summary: ours('Put a letter on each row, and go to the one whose letter is pressed'),
        disabled: rows.length === 0 ? ours('There is no row') : null,
        run: () => setOn(true),
      },
    ],
    { id: `jump:${list.name}`, level: 'widget', active: active && !isOn },
  );
  useKeys([{ id: 'jump.leave', keys: ['esc', 'ctrl-c', 'enter'], label: ours('leave'), summary: ours('Stay here'), footer: 1, run: () => setOn(false) }], {
    id: `jumping:${list.name}`,
    level: 'overlay',
    modal: true,
    active: active && isOn,
    type: ({ text }) => {
      if (text === null) return false;
      setOn(false);
      const slot = LETTERS.indexOf(text);
      const id = slot === -1 || slot >= shown ? undefined : rows.idAt(top + slot);
      if (id !== undefined) list.setState((state) => moveTo({ ...state, isFollowing: false }, rows, height, id));
      return true;
    },
  }); // biome-ignore format: one table
  return (slot) => (isOn ? (LETTERS[slot] ?? null) : null);
}
