// Opens an address in the person's browser. Only http and https: an address from a server must not start a program.

/** False where it could not be opened; the caller then shows the address. */
export async function openBrowser(url: string): Promise<boolean> {
  if (!/^https?:\/\//.test(url)) return false;
  if (process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY'] && !process.env['BROWSER'])
    return false;
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
