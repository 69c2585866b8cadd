// Node's own modules, read name by name.

import { builtinModules } from 'node:module';
import type { Plugin } from 'esbuild';

/**
 * An ES import of one of Node's modules makes Node read every export of it, and the getters among them load what nobody asked for:
 * its fetch client, worker threads, the REPL. That was a third of the CPU time of `aim agents ls` (Node 26.10). Reading the names
 * that are used costs nothing.
 */
export const leanBuiltins: Plugin = {
  name: 'lean-builtins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: NAMES }, ({ path, kind }) => {
      // `import()` of a whole module is rare, and loads it later anyway.
      if (kind !== 'import-statement') return { path: prefixed(path), external: true };
      return { path: prefixed(path), namespace: 'lean-builtin', sideEffects: false };
    });
    onLoad({ filter: /.*/, namespace: 'lean-builtin' }, ({ path }) => {
      const builtin = process.getBuiltinModule(path) as object;
      const names = Object.keys(builtin).filter((name) => /^[A-Za-z_$][\w$]*$/.test(name) && !RESERVED.has(name));
      const exports = names.map((name) => `export const ${name} = /* @__PURE__ */ (() => builtin.${name})();`);
      return {
        contents: `const builtin = /* @__PURE__ */ process.getBuiltinModule(${JSON.stringify(path)});\nexport default builtin;\n${exports.join('\n')}`,
      };
    });
  },
};

const known = builtinModules.filter((name) => !name.startsWith('_')).map((name) => name.replace(/^node:/, ''));
const NAMES = new RegExp(`^(?:node:)?(?:${known.join('|')})$`);
const RESERVED = new Set(['default', 'constructor', 'process']);
const prefixed = (path: string): string => `node:${path.replace(/^node:/, '')}`;
