// React and Ink keep the tree and lay it out; drawing is ours. Ink takes each row apart and puts it together again in every frame, which
// cost ten times what everything else did (Ink 8, 200×50: 30 ms a frame against 2), and here a row is finished when it comes.

import { Writable } from 'node:stream';
import { Box, type DOMElement, render } from 'ink';
import type { ReactNode } from 'react';
import type { Terminal } from './open-terminal.ts';
import { createPainter, type Drawn } from './painter.ts';

export type RenderedTree = {
  /** Draws everything again, for a screen that something else wrote to. */
  redraw(): void;
  unmount(): void;
  readonly drawn: Drawn;
};

export function renderTree(tree: ReactNode, terminal: Terminal): RenderedTree {
  const painter = createPainter(terminal.stdout);
  let root: DOMElement | null = null;
  let isDue = false;
  let drawnAt = 0;

  const paint = () => {
    isDue = false;
    if (!root || !terminal.isOpen) return;
    // Between a resize and the commit that knows of it a frame may be drawn for the size before.
    const width = widthOf(root);
    if (width !== drawnAt) painter.forget();
    drawnAt = width;
    painter.draw(rowsOf(root, terminal.size().rows));
  };
  // What one key changes in several commits is one frame.
  const schedule = () => {
    if (isDue) return;
    isDue = true;
    setImmediate(paint);
  };
  const takeRoot = (box: DOMElement | null) => {
    if (box === null) return;
    root = rootOf(box);
    // Called by Ink's reconciler after each commit, when everything is laid out.
    Object.assign(root, { onRender: schedule, onImmediateRender: schedule });
    schedule();
  };
  const offResize = terminal.onResize(() => painter.forget());

  const ink = render(
    <Box ref={takeRoot} flexShrink={0}>
      {tree}
    </Box>,
    {
      stdin: terminal.silentInput,
      stdout: nowhere(terminal),
      // Given, not guessed: `CI=` in the environment of a bastion would make Ink draw nothing (is-in-ci, Ink 8).
      interactive: true,
      exitOnCtrlC: false,
      patchConsole: false,
      isScreenReaderEnabled: false,
    },
  );

  return {
    redraw() {
      painter.forget();
      schedule();
    },
    unmount() {
      painter.stop();
      offResize();
      ink.unmount();
    },
    drawn: painter.drawn,
  };
}

/** What Ink itself writes, which is nothing that anybody should see; it reads the size from here. */
function nowhere(terminal: Terminal): NodeJS.WriteStream {
  const stream = new Writable({ write: (_chunk, _encoding, done) => done() });
  Object.defineProperties(stream, {
    columns: { get: () => terminal.size().columns },
    rows: { get: () => terminal.size().rows },
  });
  terminal.onResize(() => stream.emit('resize'));
  return stream as unknown as NodeJS.WriteStream;
}

function rootOf(box: DOMElement): DOMElement {
  let node = box;
  while (node.parentNode) node = node.parentNode;
  return node;
}

/** Of what the tree draws for, which is behind the terminal's until React has taken in a resize. */
function widthOf(root: DOMElement): number {
  const [outer] = root.childNodes;
  const inner = outer && 'childNodes' in outer ? outer.childNodes[0] : undefined;
  return inner?.yogaNode?.getComputedWidth() ?? 0;
}

/** The rows of a tree that is laid out: whoever has a `line` is one row high and as wide as the screen. */
function rowsOf(root: DOMElement, height: number): string[] {
  const rows: string[] = new Array(height).fill('');
  visit(root, 0, 0, height);
  return rows;

  function visit(node: DOMElement, above: number, from: number, to: number): void {
    const { yogaNode } = node;
    if (!yogaNode) return;
    const top = above + yogaNode.getComputedTop();
    const line = node.attributes['line'];
    if (typeof line === 'string') {
      if (top >= from && top < to) rows[top] = line;
      return;
    }
    const isClipped = node.style.overflowY === 'hidden';
    const begin = isClipped ? Math.max(from, top) : from;
    const end = isClipped ? Math.min(to, top + yogaNode.getComputedHeight()) : to;
    for (const child of node.childNodes) if (child.nodeName !== '#text') visit(child as DOMElement, top, begin, end);
  }
}
