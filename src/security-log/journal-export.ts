// The Journal Export Format (`journalctl -o export`): records of several lines, put together to what `journalctl -o json` writes.
//
// A field is `NAME=value`; one whose value holds a line break is its name alone, and on the next line eight bytes of length, the
// value and a line break. An empty line ends a record (systemd, "Journal Export Formats").

export class JournalExport {
  #members: Record<string, string> | null = null;
  /** A field of bytes: its name, and what has come of its length and value. */
  #binary: { name: string; bytes: Buffer | null } | null = null;
  #bytes = 0;

  /** Lines belong to a record until its empty line. */
  get isOpen(): boolean {
    return this.#members !== null;
  }

  static begins(line: Buffer): boolean {
    return line.length > MARK.length && line.compare(MARK, 0, MARK.length, 0, MARK.length) === 0;
  }

  /** Takes a line of a record. Gives the whole record as a line of JSON with its last. */
  take(line: Buffer): Buffer | null {
    this.#members ??= {};
    this.#bytes += line.length + 1;
    if (this.#binary) this.#takeBytes(this.#binary, line);
    else if (line.length === 0) return this.rest();
    else this.#takeField(this.#members, line);
    return this.#bytes > LONGEST ? this.rest() : null;
  }

  /** What there is of a record that has no end. */
  rest(): Buffer | null {
    const members = this.#members;
    this.#members = null;
    this.#binary = null;
    this.#bytes = 0;
    return members && Buffer.from(JSON.stringify(members));
  }

  #takeField(members: Record<string, string>, line: Buffer): void {
    const equals = line.indexOf('=');
    if (equals < 0) this.#binary = { name: line.toString('latin1'), bytes: null };
    else members[line.toString('latin1', 0, equals)] = line.toString('utf8', equals + 1);
  }

  #takeBytes(binary: { name: string; bytes: Buffer | null }, line: Buffer): void {
    // Breaks within the value, and within its length, look like the ends of lines.
    binary.bytes = binary.bytes === null ? Buffer.from(line) : Buffer.concat([binary.bytes, BREAK, line]);
    if (binary.bytes.length < 8) return;
    const length = Number(binary.bytes.readBigUInt64LE(0));
    if (length <= LONGEST && binary.bytes.length < 8 + length) return;
    if (this.#members) this.#members[binary.name] = binary.bytes.toString('utf8', 8, 8 + length);
    this.#binary = null;
  }
}

const MARK = Buffer.from('__CURSOR=');
const BREAK = Buffer.from('\n');
const LONGEST = 16 * 1024 * 1024;
