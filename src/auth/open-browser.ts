// Opens an address in the person's browser. Only http and https: an address from a server must not start a program.

import { spawn } from 'node:child_process';
import { programWords } from '../text/program-words.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** False where it could not be opened; the caller then shows the address. */
export async function openBrowser(url: string, env: Environment = process.env): Promise<boolean> {
  if (!/^https?:\/\//.test(url)) return false;
  for (const line of chosenBrowsers(env)) if (await started(line, url, env)) return true;
  if (process.platform === 'linux' && !hasScreen(env)) return false;
  try {
    const { default: open } = await import('open');
    const child = await open(url);
    child.on('error', () => {}); // no browser after all: the address is on the screen anyway
    child.unref();
    return true;
  } catch {
    return false;
  }
}

/** BROWSER, as xdg-open and Python read it: commands between colons, `%s` for the address, else it is the last word. */
function chosenBrowsers({ BROWSER = '' }: Environment): string[] {
  return (process.platform === 'win32' ? [BROWSER] : BROWSER.split(':')).filter((line) => line.trim() !== '');
}

// No shell: the address is a word and never syntax.
function started(line: string, url: string, env: Environment): Promise<boolean> {
  const words = programWords(line);
  const hasPlace = words.some((word) => word.includes('%s'));
  const [program = '', ...args] = hasPlace ? words.map((word) => word.replaceAll('%s', () => url)) : [...words, url];
  if (program === '') return Promise.resolve(false);
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: 'ignore', detached: true, env: { ...env } });
    child.once('error', () => resolve(false));
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}

const hasScreen = (env: Environment): boolean => Boolean(env['DISPLAY'] || env['WAYLAND_DISPLAY'] || env['WSL_DISTRO_NAME']);
