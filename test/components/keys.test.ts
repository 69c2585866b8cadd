// Input: what terminals send becomes keys, and what a key means follows from the live layers.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { InputEvent } from '../../components/keys/key-press.ts';
import { type Binding, type Layer, liveBindings, resolve } from '../../components/keys/keymap.ts';
import { createInputDecoder } from '../../components/terminal/decode-input.ts';
import { ours } from '../../src/text/brand.ts';

const names = (events: readonly InputEvent[]) => events.map((event) => (event.kind === 'key' ? event.key.name : event.kind));
const decode = (...chunks: string[]) => {
  const decoder = createInputDecoder();
  return chunks.flatMap((chunk) => decoder.push(chunk, 0));
};

describe('the input decoder', () => {
  test.each<[title: string, bytes: string, expected: string[]]>([
    ['takes letters one by one', 'aS', ['a', 'S']],
    ['names enter, tab, space and backspace', '\r\t \u007f', ['enter', 'tab', 'space', 'backspace']],
    ['names control keys', '\u0003\u001a\u0000', ['ctrl-c', 'ctrl-z', 'ctrl-space']],
    ['names arrows in both modes', '\u001b[A\u001bOB', ['up', 'down']],
    ['names keys with modifiers', '\u001b[1;2C\u001b[1;5D\u001b[Z', ['shift-right', 'ctrl-left', 'shift-tab']],
    [
      'names page, home, end and function keys',
      '\u001b[5~\u001b[6~\u001b[H\u001b[4~\u001bOP\u001b[15~',
      ['pgup', 'pgdn', 'home', 'end', 'f1', 'f5'],
    ],
    ['names alt with a letter', '\u001bb', ['alt-b']],
    ['takes an emoji as one key', '👨‍👩‍👧', ['👨‍👩‍👧']],
    [
      'takes the kitty protocol',
      '\u001b[97u\u001b[97;5u\u001b[13u\u001b[27u\u001b[115;2u',
      ['a', 'ctrl-a', 'enter', 'esc', 'S'],
    ],
    ['ignores releases of the kitty protocol', '\u001b[97;1:3u\u001b[1;1:3A', []],
    ['makes a paste one event, whatever is in it', '\u001b[200~y\r\u001b[A\u001b[201~', ['paste']],
    ['swallows the answer to a colour query', '\u001b]11;rgb:0000/0000/0000\u001b\\a', ['reply', 'a']],
    ['swallows the answer to a cursor query', '\u001b[12;40Ra', ['reply', 'a']],
    [
      'swallows what a terminal says of itself',
      '\u001b[?62;4c\u001bP>|xterm(380)\u001b\\\u001b[?997;1na',
      ['reply', 'reply', 'reply', 'a'],
    ],
    ['tells mouse and focus from keys', '\u001b[<0;10;5M\u001b[I\u001b[O\u001b[M !!', ['mouse', 'focus', 'focus', 'mouse']],
  ])('%s', (_, bytes, expected) => {
    expect(names(decode(bytes))).toEqual(expected);
  });

  test('marks a key as alone only where nothing else was in its read', () => {
    const alone = decode('y');
    const together = decode('y\r');
    expect(alone).toMatchObject([{ key: { name: 'y', lone: true } }]);
    expect(together).toMatchObject([{ key: { lone: false } }, { key: { lone: false } }]);
  });

  test('does not take the rest of a sequence that was cut in two for a key that came alone', () => {
    expect(decode('\u001b[', 'A')).toMatchObject([{ key: { name: 'up', lone: false } }]);
  });

  test('takes an escape for the key once nothing follows it', () => {
    const decoder = createInputDecoder();
    expect(decoder.push('\u001b', 0)).toEqual([]);
    expect(decoder.isWaiting).toBe(true);
    expect(decoder.flush(0)).toMatchObject([{ key: { name: 'esc', lone: true } }]);
  });

  test('knows a key that the keyboard repeats', () => {
    expect(decode('\u001b[97;1:2u')).toMatchObject([{ key: { name: 'a', repeat: true } }]);
  });

  test('finds the end of a paste that was cut anywhere', () => {
    const bytes = '\u001b[200~approve\r\u001b[201~x';
    for (let cut = 1; cut < bytes.length; cut++) {
      const events = decode(bytes.slice(0, cut), bytes.slice(cut));
      expect(names(events)).toEqual(['paste', 'x']);
      expect(events[0]).toMatchObject({ text: 'approve\r' });
    }
  });

  test('never throws and never keeps more than a terminal could mean, whatever arrives', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.string({
            unit: fc.constantFrom(
              '\u001b',
              '[',
              ']',
              'O',
              'M',
              '<',
              ';',
              '1',
              '2',
              '0',
              '~',
              'u',
              'a',
              '\u0007',
              '\\',
              '\r',
              'é',
            ),
          }),
          { maxLength: 20 },
        ),
        (chunks) => {
          const decoder = createInputDecoder();
          for (const chunk of chunks) decoder.push(chunk, 0);
          decoder.flush(0);
          expect(decoder.isWaiting).toBe(false);
        },
      ),
    );
  });
});

describe('the keymap', () => {
  const binding = (id: string, key: string, more: Partial<Binding> = {}): Binding => ({
    id,
    keys: [key],
    label: ours(id),
    summary: ours(id),
    run() {},
    ...more,
  });
  const layer = (level: Layer['level'], bindings: Binding[], more: Partial<Layer> = {}): Layer => ({
    id: level,
    level,
    bindings,
    ...more,
  });
  const key = (name: string, more: { lone?: boolean; repeat?: boolean } = {}) => ({
    name,
    text: name,
    lone: true,
    repeat: false,
    at: 0,
    ...more,
  });

  test('gives a key to the innermost layer that knows it', () => {
    const layers = [layer('widget', [binding('inner', 'x')]), layer('global', [binding('outer', 'x')])];
    expect(resolve(layers, key('x'))).toMatchObject({ kind: 'run', binding: { id: 'inner' } });
  });

  test('lets nothing through a dialog', () => {
    const layers = [layer('overlay', [], { modal: true }), layer('global', [binding('quit', 'q')])];
    expect(resolve(layers, key('q'))).toEqual({ kind: 'none' });
  });

  test('says why a key is off, instead of giving it to somebody else', () => {
    const layers = [
      layer('screen', [binding('suspend', 'S', { disabled: ours('Needs the role manager') })]),
      layer('global', [binding('other', 'S')]),
    ];
    expect(resolve(layers, key('S'))).toMatchObject({ kind: 'disabled', because: 'Needs the role manager' });
  });

  test.each([
    ['came with others', { lone: false }],
    ['was repeated by the keyboard', { repeat: true }],
  ])('refuses to decide by a key that %s', (_, how) => {
    const layers = [layer('screen', [binding('approve', 'A', { decides: true })])];
    expect(resolve(layers, key('A', how)).kind).toBe('refused');
  });

  test('shows in the help only keys that still mean what they say', () => {
    const inner = { ...binding('inner', 'x'), keys: ['x', 'y'] };
    const outer = { ...binding('outer', 'x'), keys: ['x', 'z'] };
    const live = liveBindings([layer('screen', [inner]), layer('global', [outer])]);
    expect(live.map(({ id, keys }) => [id, keys])).toEqual([
      ['inner', ['x', 'y']],
      ['outer', ['z']],
    ]);
  });
});
