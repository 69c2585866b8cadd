// The start of the single executable: the files of the build are inside it, and Node’s own module loader reads them from there.

import { createRequire, registerHooks } from 'node:module';
import { getAsset } from 'node:sea';

// Files of this folder are never looked for on the disk.
const root = process.platform === 'win32' ? 'file:///C:/aim-terminal-binary/' : 'file:///aim-terminal-binary/';

registerHooks({
  resolve(specifier, context, next) {
    // The one package that is not bundled: what stands in for it here loads its native half from the executable.
    if (specifier === 'keytar') return { url: `${root}keytar.js`, format: 'module', shortCircuit: true };
    const isOurs = specifier.startsWith(root) || (/^\.\.?\//.test(specifier) && context.parentURL?.startsWith(root));
    if (!isOurs) return next(specifier, context);
    return { url: new URL(specifier, context.parentURL ?? root).href, format: 'module', shortCircuit: true };
  },
  load(url, context, next) {
    if (!url.startsWith(root)) return next(url, context);
    return { format: 'module', source: getAsset(url.slice(root.length), 'utf8'), shortCircuit: true };
  },
});

// A part of the program that this program started: `commands/program.ts` names it.
const [, part = 'main'] = /^aim-part:(.+)$/.exec(process.argv[2] ?? '') ?? [];
if (part !== 'main') process.argv.splice(2, 1);

// `start.js` imports the part; what an imported module imports comes through the hooks.
globalThis.aimPart = `./${part === 'aim' ? 'main' : part}.js`;
createRequire(`${root}start.js`)('./start.js');

declare global {
  var aimPart: string;
}
