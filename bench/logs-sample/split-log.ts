// A log cut into parts as rotation would have left it: half in the file itself, a quarter in .1, the oldest quarter packed in .2.gz.

import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readSync, renameSync, statSync, writeSync } from 'node:fs';

export function splitLog(file: string): void {
  const { size } = statSync(file);
  const whole = `${file}.whole`;
  renameSync(file, whole);
  const from = openSync(whole, 'r');
  const borders = [0, lineAt(from, size / 4), lineAt(from, size / 2), size];
  for (const [index, name] of [`${file}.2`, `${file}.1`, file].entries())
    copy(from, borders[index] as number, borders[index + 1] as number, name);
  closeSync(from);
  execFileSync('rm', [whole]);
  execFileSync('gzip', ['-1', `${file}.2`]);
}

/** Where the next line begins. */
function lineAt(fd: number, at: number): number {
  const bytes = Buffer.alloc(64 * 1024);
  const place = Math.floor(at);
  readSync(fd, bytes, 0, bytes.length, place);
  return place + bytes.indexOf(0x0a) + 1;
}

function copy(fd: number, start: number, end: number, name: string): void {
  const to = openSync(name, 'w', 0o600);
  const bytes = Buffer.alloc(1024 * 1024);
  for (let at = start; at < end; ) at += writeSync(to, bytes, 0, readSync(fd, bytes, 0, Math.min(bytes.length, end - at), at));
  closeSync(to);
}
