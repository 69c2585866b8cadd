// The half of `aim doctor` that needs no network: Node, terminal, clipboard, keychain, files and settings.

import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { lookForKeychain, type NoKeychain } from '../../src/credentials/keychain.ts';
import { asUntrusted } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import { widthOf } from '../../src/text/width.ts';
import type { ActionContext } from '../action.ts';
import { isBinary } from '../program.ts';
import type { Finding } from './actions.ts';

export async function checkMachine(context: ActionContext): Promise<Finding[]> {
  return [
    node(),
    terminal(context),
    widths(),
    clipboard(context),
    await keychain(context),
    ...folders(context),
    ...signInFiles(context),
    disk(context),
    settings(context),
    proxy(context),
  ];
}

const ok = (check: string, finding: string): Finding => ({ check, state: 'ok', finding, fix: null });
const warning = (check: string, finding: string, fix: string): Finding => ({ check, state: 'warning', finding, fix });
const failed = (check: string, finding: string, fix: string): Finding => ({ check, state: 'failed', finding, fix });

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const isNew = major > 22 || (major === 22 && minor >= 16);
  return isNew
    ? ok('node', process.versions.node)
    : failed('node', `${process.versions.node} is too old`, 'Install Node 22.16 or later');
}

function terminal({ io }: ActionContext): Finding {
  const term = io.env['TERM'] ?? '';
  if (!io.stdout.isTTY) return { check: 'terminal', state: 'skipped', finding: 'output is no terminal here', fix: null };
  if (term === '' || term === 'dumb')
    return warning(
      'terminal',
      `TERM=${term || '(unset)'}`,
      'The dashboard needs a terminal with cursor control; verbs work everywhere',
    );
  const locale = io.env['LC_ALL'] || io.env['LC_CTYPE'] || io.env['LANG'] || '';
  if (!/utf-?8/i.test(locale))
    return warning(
      'terminal',
      `${term}, locale ${locale || '(unset)'}`,
      'Set LANG to a UTF-8 locale, or use: aim config set ascii true',
    );
  const columns = io.stdout.columns ?? 0;
  return columns > 0 && columns < 40
    ? warning('terminal', `${columns} columns`, 'The dashboard needs 40 columns and 12 rows')
    : ok('terminal', `${term}, ${columns} columns${io.env['COLORTERM'] ? `, ${io.env['COLORTERM']}` : ''}`);
}

// The table of widths is ours; a broken build would show here before it breaks a screen.
function widths(): Finding {
  const cases: [string, number][] = [
    ['a', 1],
    ['é', 1],
    ['漢', 2],
  ];
  const wrong = cases.filter(([text, cells]) => widthOf(visible(asUntrusted(text))) !== cells);
  return wrong.length === 0
    ? ok('widths', 'letters, marks and wide characters measure as they should')
    : failed('widths', `wrong for ${wrong.map(([text]) => text).join(' ')}`, 'Install aim again');
}

function clipboard({ io: { env } }: ActionContext): Finding {
  if (env['SSH_CONNECTION']) return ok('clipboard', 'over SSH, copies go to your own terminal (OSC 52)');
  const found = clipboardTools.find(({ tool }) =>
    (env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, tool))),
  );
  if (found === undefined)
    return warning(
      'clipboard',
      'no clipboard program',
      `Copies use OSC 52, which some terminals refuse; install ${clipboardTools[0]?.tool}`,
    );
  const usable = clipboardTools.find(({ tool, needs }) => tool === found.tool && (needs === null || env[needs]));
  return usable === undefined
    ? warning('clipboard', `${found.tool} without ${found.needs}`, 'Copies use OSC 52, which some terminals refuse')
    : ok('clipboard', found.tool);
}

const clipboardTools: readonly { tool: string; needs: string | null }[] =
  process.platform === 'darwin'
    ? [{ tool: 'pbcopy', needs: null }]
    : process.platform === 'win32'
      ? [{ tool: 'clip.exe', needs: null }]
      : [
          { tool: 'wl-copy', needs: 'WAYLAND_DISPLAY' },
          { tool: 'xclip', needs: 'DISPLAY' },
          { tool: 'xsel', needs: 'DISPLAY' },
        ];

async function keychain({ settings: { get, paths }, io }: ActionContext): Promise<Finding> {
  const store = get('store');
  if (store === 'file') return ok('keychain', 'not used (store is file)');
  const found = await lookForKeychain(io.env);
  if (typeof found !== 'string') {
    // One that is locked answers who looks, and takes nothing.
    return existsSync(join(paths.aim, 'sdk_credentials.json'))
      ? {
          ...ok('keychain', 'usable, but the latest sign-in is in ~/.aim'),
          fix: 'To move it: unlock the keychain, then aim login',
        }
      : ok('keychain', 'usable: a sign-in is kept there');
  }
  const { why, fix } = noKeychain[found];
  if (store === 'keychain') return failed('keychain', `not usable: ${why}`, `${fix}, or: aim config set store file`);
  return { ...ok('keychain', `not usable (${why}): a sign-in is kept in ~/.aim, readable by you alone`), fix };
}

const noKeychain: Record<NoKeychain, { why: string; fix: string }> = {
  bus: { why: 'no session bus', fix: 'Start aim in a desktop session, or under dbus-run-session' },
  library: isBinary
    ? { why: 'its library did not load', fix: 'Install libsecret (Debian: libsecret-1-0)' }
    : {
        why: 'keytar or its library is not installed',
        fix: 'Install libsecret (Debian: libsecret-1-0), and aim with its optional packages',
      },
  answer: { why: 'it did not answer', fix: 'Start and unlock it (gnome-keyring, KWallet)' },
};

function folders({ settings: { paths } }: ActionContext): Finding[] {
  return (['aim', 'config', 'state', 'cache'] as const).map((name) => {
    const path = paths[name];
    if (!isWritable(path))
      return failed(name, `${path} cannot be written`, `Give yourself the right to, or set ${variables[name]}`);
    if (
      existsSync(path) &&
      process.platform !== 'win32' &&
      (name === 'aim' || name === 'state') &&
      (statSync(path).mode & 0o077) !== 0
    ) {
      return warning(name, `${path} can be read by others`, `chmod 700 ${path}`);
    }
    return ok(name, path);
  });
}

function signInFiles({ settings: { paths } }: ActionContext): Finding[] {
  if (process.platform === 'win32') return [];
  return ['sdk_credentials.json', 'credentials.json'].flatMap((name) => {
    const path = join(paths.aim, name);
    if (!existsSync(path) || (statSync(path).mode & 0o077) === 0) return [];
    return [failed('sign-in file', `${path} can be read by others`, `chmod 600 ${path}; if others were here, sign in again`)];
  });
}

// The embedded control plane, the logs and each setting need some.
function disk({ settings: { paths } }: ActionContext): Finding {
  try {
    const { bavail, bsize } = statfsSync(nearestThere(paths.state));
    const megabytes = Math.floor((bavail * bsize) / 2 ** 20);
    if (megabytes >= 100) return ok('disk', `${megabytes.toLocaleString('en')} MB free`);
    const state = megabytes < 1 ? failed : warning;
    return state('disk', `${megabytes} MB free below ${paths.state}`, 'Free some space, or set XDG_STATE_HOME to another disk');
  } catch {
    return { check: 'disk', state: 'skipped', finding: 'this file system does not say', fix: null };
  }
}

const nearestThere = (path: string): string =>
  existsSync(path) || dirname(path) === path ? path : nearestThere(dirname(path));

const variables = { aim: 'HOME', config: 'AIM_CONFIG_DIR', state: 'XDG_STATE_HOME', cache: 'XDG_CACHE_HOME' };

// What is not there yet can be made where its nearest parent can be written.
function isWritable(path: string): boolean {
  if (!existsSync(path)) return dirname(path) !== path && isWritable(dirname(path));
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function settings({ settings: { warnings = [] } }: ActionContext): Finding {
  return warnings.length === 0
    ? ok('settings', 'every key is known')
    : warning('settings', warnings.join(' '), 'Correct them: aim config edit');
}

function proxy({ io: { env }, settings: { get } }: ActionContext): Finding {
  const names = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'];
  const set = get('proxy') ?? names.map((name) => env[name]).find(Boolean);
  if (!set) return ok('proxy', 'none');
  const address = URL.parse(set.includes('://') ? set : `http://${set}`);
  return address === null || !/^https?:$/.test(address.protocol)
    ? failed('proxy', 'the address of the proxy is none', 'Correct HTTPS_PROXY or the setting proxy: http://HOST:PORT')
    : ok('proxy', `${address.protocol}//${address.host}`);
}
