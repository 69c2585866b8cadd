// Draws which room imports which, from the imports themselves: `npm run graph` writes docs/import-graph.md, and a test holds it current.

import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The page as it should be. */
export function importGraph(): string {
  const edges = new Map<string, number>();
  for (const from of globSync('{src,commands,components}/**/*.{ts,tsx}', { cwd: root })) {
    for (const to of importsOf(from)) {
      const [source, target] = [roomOf(from), roomOf(to)];
      if (source !== target) edges.set(`${source} ${target}`, (edges.get(`${source} ${target}`) ?? 0) + 1);
    }
  }
  const rows = [...edges].sort(([left], [right]) => left.localeCompare(right, 'en'));
  const lines = rows.map(([edge]) => {
    const [source = '', target = ''] = edge.split(' ');
    return `  ${source} --> ${target}`;
  });
  return `# Who imports whom

Written by \`npm run graph\` from the imports themselves; types do not count. The rules behind it are in \`test/house/imports.test.ts\`.
\`errors\`, \`version\` and the like are files directly under \`src\`.

\`\`\`mermaid
flowchart LR
${lines.join('\n')}
\`\`\`
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(join(root, 'docs/import-graph.md'), importGraph());

function importsOf(from: string): string[] {
  const text = readFileSync(join(root, from), 'utf8');
  const pattern =
    /(?:^|\n)\s*(?:import|export)\s(?!type\s)(?:[^'";]*?\sfrom\s)?['"](\.[^'"]+)['"]|\bimport\(\s*['"](\.[^'"]+)['"]\s*\)/g;
  return [...text.matchAll(pattern)].map(([, plain, dynamic]) => normalize(join(dirname(from), plain ?? dynamic ?? '')));
}

function roomOf(path: string): string {
  const [top = '', name = ''] = path.replaceAll('\\', '/').split('/');
  if (top !== 'src') return top;
  return name.endsWith('.ts') ? 'src' : `src/${name}`;
}
