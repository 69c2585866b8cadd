// A person at the sign-in page, without the browser: reads the form, fills it in, follows the way back.

export async function signInAsBrowser(url: string, { email, password }: { email: string; password: string }): Promise<string> {
  const page = await fetch(url);
  const html = await page.text();
  const fields = new URLSearchParams();
  for (const [, tag = ''] of html.matchAll(/<input([^>]*)>/g)) {
    const name = /name="([^"]*)"/.exec(tag)?.[1];
    if (name !== undefined) fields.set(name, fromHtml(/value="([^"]*)"/.exec(tag)?.[1] ?? ''));
  }
  fields.set('email', email);
  fields.set('password', password);
  const action = fromHtml(/<form[^>]*action="([^"]*)"/.exec(html)?.[1] ?? '') || url;
  const cookie = page.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  const sent = await fetch(new URL(action, url), { method: 'POST', body: fields, headers: { cookie }, redirect: 'manual' });
  const back = sent.headers.get('location');
  if (back === null) throw new Error(`no way back: ${sent.status} ${await sent.text()}`);
  return (await fetch(back)).text();
}

const fromHtml = (text: string): string =>
  text
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&#x3a;/gi, ':')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');
