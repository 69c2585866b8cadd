// The bill of materials of what is shipped (CycloneDX 1.6): every package whose code is in the bundle, and those installed beside it.
// `npm run sbom` prints it and exits 1 where a licence is not one that a user of an Apache-2.0 program would expect.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const expected = ['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'BlueOak-1.0.0', 'MIT-0', 'Unlicense'];

type Manifest = { name: string; version: string; license?: string; dependencies?: object; optionalDependencies?: object };
const own = manifestOf('.');
const locked = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
  packages: Record<string, { integrity?: string; resolved?: string }>;
};

const components = [...foldersShipped()].sort().map((folder) => {
  const { name, version, license } = manifestOf(folder);
  const integrity = /^sha512-(.+)$/.exec(locked.packages[folder]?.integrity ?? '')?.[1];
  const purl = `pkg:npm/${name.replace(/^@/, '%40')}@${version}`;
  return {
    type: 'library',
    'bom-ref': purl,
    name,
    version,
    purl,
    licenses: [{ license: { id: license ?? 'unknown' } }],
    ...(integrity === undefined
      ? {}
      : { hashes: [{ alg: 'SHA-512', content: Buffer.from(integrity, 'base64').toString('hex') }] }),
  };
});

const bill = {
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  version: 1,
  metadata: {
    component: { type: 'application', name: own.name, version: own.version, purl: `pkg:npm/${own.name}@${own.version}` },
  },
  components,
};
process.stdout.write(`${JSON.stringify(bill, null, 2)}\n`);

const unexpected = components.filter(({ licenses }) => !expected.includes(licenses[0]?.license.id ?? ''));
for (const { name, version, licenses } of unexpected)
  process.stderr.write(
    `${name} ${version} has the licence ${licenses[0]?.license.id}: look at it, then add it here or drop the package.\n`,
  );
process.exitCode = unexpected.length > 0 ? 1 : 0;

/** Folders of packages: found in the bundle by the bundler itself, and those that npm installs with the package. */
function foldersShipped(): Set<string> {
  const scratch = mkdtempSync(join(tmpdir(), 'aim-sbom-'));
  const metafile = join(scratch, 'metafile.json');
  execFileSync(process.execPath, ['scripts/build.ts'], {
    env: { ...process.env, AIM_OUT: join(scratch, 'dist'), AIM_METAFILE: metafile },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const { inputs } = JSON.parse(readFileSync(metafile, 'utf8')) as { inputs: Record<string, unknown> };
  rmSync(scratch, { recursive: true });
  const bundled = Object.keys(inputs).flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []);
  const installed = Object.keys({ ...own.dependencies, ...own.optionalDependencies }).map((name) => `node_modules/${name}`);
  return new Set([...bundled, ...installed]);
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}
