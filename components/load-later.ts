// What deciding and editing need is loaded while nobody waits for it: an update of the package may take the files away meanwhile.

/** Once the screen stands and the machine has caught its breath. What fails here is said where it is asked for. */
export function loadLater(): void {
  setTimeout(() => void loadParts(), CALM).unref();
}

const CALM = 2000; // milliseconds

async function loadParts(): Promise<void> {
  for (const load of parts) {
    await load().catch(() => {});
    // A key between two of them is not kept waiting.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const parts: readonly (() => Promise<unknown>)[] = [
  () => import('../commands/parse-words.ts'),
  () => import('../src/auth/fresh-sign-in.ts'),
  () => import('../src/edit/three-way.ts'),
  () => import('./actions/document-form.tsx'),
  () => import('./actions/confirm-change.tsx'),
  () => import('../src/edit/edit-session.ts'),
  () => import('../src/edit/open-editor.ts'),
  () => import('../src/edit/agent-document.ts'),
  () => import('../src/edit/capability-document.ts'),
];
