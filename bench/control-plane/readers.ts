// Opens many event streams, counts what each gets, and how late; prints it as JSON when its input ends.

import { connect } from 'node:net';

const [port = '', token = '', readers = '1000', query = ''] = process.argv.slice(2);
const late: number[] = [];
const got: number[] = [];
let missed = 0;
let open = 0;

for (let index = 0; index < Number(readers); index += 1) {
  got.push(0);
  // Opened a few at a time: a server is not asked for a thousand streams within one moment.
  if (index % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 50));
  const socket = connect(Number(port), '127.0.0.1', () => {
    socket.write(
      `GET /api/v1/events/stream${query} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\nAccept: text/event-stream\r\n\r\n`,
    );
  });
  let isOpen = false;
  let rest = '';
  socket.on('data', (chunk) => {
    if (!isOpen) {
      isOpen = true;
      open += 1;
      if (open === Number(readers)) console.log('open');
    }
    const now = Date.now();
    const text = rest + chunk.toString('latin1');
    let from = 0;
    // Only whole events: a line that begins one, and its time further on.
    for (;;) {
      const at = text.indexOf('\ndata: {"at":"', from);
      if (at < 0 || text.length < at + 45) break;
      const line = text.lastIndexOf('event: ', at);
      const type = text.slice(line + 7, at);
      if (type !== 'heartbeat') {
        got[index] = (got[index] ?? 0) + 1;
        late.push(now - Date.parse(text.slice(at + 14, at + 38)));
      }
      from = at + 38;
    }
    if (text.includes('\nevent: gap', Math.max(0, from - 100))) missed += 1;
    rest = text.slice(Math.max(from, text.length - 4096));
  });
}
process.stdin.resume();
process.stdin.on('end', () => {
  late.sort((left, right) => left - right);
  const at = (share: number): number => late[Math.min(late.length - 1, Math.floor(late.length * share))] ?? 0;
  console.log(
    JSON.stringify({ least: Math.min(...got), most: Math.max(...got), all: late.length, missed, p50: at(0.5), p99: at(0.99) }),
  );
  process.exit(0);
});
