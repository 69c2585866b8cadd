// Whether the terminal is light or dark: from the environment, else from the terminal's own answer, for which nobody waits long.

export type Background = 'light' | 'dark';

export type ProbeOptions = {
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds. */
  patience?: number;
};

/**
 * Asks by OSC 11, and right behind it what every terminal answers (DA1): once that is there, the first will not come any more.
 * The only question that this program asks of a terminal, before anything of others is on it. What is typed meanwhile is not lost.
 */
export async function backgroundOf({ stdin, stdout, env, patience = 200 }: ProbeOptions): Promise<Background | null> {
  const told = fromColorfgbg(env['COLORFGBG']);
  if (told || !answersQueries(env) || !stdin.isTTY || !stdout.isTTY) return told;
  const wasRaw = stdin.isRaw;
  let arrived = '';
  let stopWaiting = () => {};
  const take = (chunk: Buffer | string) => {
    arrived += chunk.toString('latin1' as never);
    if (DEVICE.test(arrived)) stopWaiting();
  };
  stdin.setRawMode(true);
  stdin.on('data', take);
  stdin.resume();
  stdout.write(`${ESC}]11;?${ESC}\\${ESC}[c`);
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, patience);
    stopWaiting = () => {
      clearTimeout(timer);
      resolve();
    };
  });
  stdin.off('data', take);
  stdin.pause();
  stdin.setRawMode(wasRaw);
  const typed = arrived.replace(COLOUR, '').replace(DEVICE, '');
  if (typed !== '') stdin.unshift(Buffer.from(typed, 'latin1'));
  return fromReply(arrived);
}

/** `foreground;background` as rxvt and its kin put it: 0 to 6 and 8 are dark. */
export function fromColorfgbg(value: string | undefined): Background | null {
  const colour = /;(?:default;)?(\d+)$/.exec(value ?? '')?.[1];
  if (colour === undefined) return null;
  return Number(colour) < 7 || Number(colour) === 8 ? 'dark' : 'light';
}

/** By how bright it is to an eye (ITU-R BT.709). */
export function fromReply(reply: string): Background | null {
  const colour = COLOUR.exec(reply);
  if (!colour) return null;
  const [red = 0, green = 0, blue = 0] = colour.slice(1, 4).map((hex) => Number.parseInt(hex, 16) / (16 ** hex.length - 1));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.5 ? 'light' : 'dark';
}

const ESC = '\u001b';
const COLOUR = /\u001b\]11;rgba?:([\da-f]{1,4})\/([\da-f]{1,4})\/([\da-f]{1,4})(?:\/[\da-f]{1,4})?(?:\u0007|\u001b\\)/i;
const DEVICE = /\u001b\[\?[\d;]*c/;

/** The Linux console and GNU screen answer late, wrongly or with what they print. */
const answersQueries = (env: ProbeOptions['env']): boolean =>
  !env['STY'] && !/^(linux|dumb|screen)/.test(env['TERM'] ?? 'dumb');
