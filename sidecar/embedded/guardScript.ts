/**
 * The guard: a process of its own that outlives whatever happens to the one that started it. It hears of each server
 * by a token that stands in the command line of the server and all its children (`cluster_name`), and when its pipe
 * closes it ends every process that carries one of them. Tokens instead of process ids: an id may belong to a stranger by the
 * time it is used, and a killed postmaster leaves children that nobody else knows.
 *
 * It is plain JavaScript in a text, handed to `node -` through its standard input, because the same few lines then run
 * from the tests, from the sources and from the bundle, and no second file can be missing.
 *
 * Lines of JSON come in on descriptor 3: { watch: token, pid }, { forget: token }, { remove: folder }, { keep: folder },
 * { sweep: token, id }, answered by { swept: id, left }.
 */
export const guardScript = String.raw`
const fs = require('node:fs');
const { execFileSync } = require('node:child_process');
const tokens = new Map(), folders = new Set();
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
process.title = 'hawser-guard';
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => {});

function commandLines() {
  if (process.platform === 'darwin') {
    const lines = execFileSync('/bin/ps', ['-axww', '-o', 'pid=,command='], { encoding: 'utf8', maxBuffer: 64e6 });
    return lines.split('\n').map((line) => [parseInt(line, 10), line.trim().replace(/^\d+\s+/, '').replace(/ /g, '\0')]);
  }
  const read = (pid) => {
    try { return fs.readFileSync('/proc/' + pid + '/cmdline', 'utf8'); } catch { return ''; }
  };
  return fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map((pid) => [Number(pid), read(pid)]);
}

const alive = (pid) => {
  try { process.kill(pid, 0); return true; } catch (error) { return error.code === 'EPERM'; }
};

function find(token) {
  if (process.platform === 'win32') return [tokens.get(token)].filter((pid) => pid && alive(pid));
  const server = /^postgres:|(^|\/|\0)(postgres|initdb)(\0|$)/;
  return commandLines().filter(([, line]) => line.includes(token) && server.test(line)).map(([pid]) => pid);
}

const send = (pids, signal) => pids.forEach((pid) => { try { process.kill(pid, signal); } catch {} });

async function sweep(token) {
  const start = performance.now();
  let left = find(token);
  if (left.length > 0 && process.platform !== 'win32') {
    send(left, 'SIGQUIT');
    send(left, 'SIGCONT');
  }
  for (;;) {
    if (left.length === 0 || performance.now() - start > 4000) return left.length;
    if (process.platform === 'win32' || performance.now() - start > 1000) send(left, 'SIGKILL');
    await wait(25);
    left = find(token);
  }
}

async function end() {
  await Promise.all([...tokens.keys()].map(sweep));
  for (const folder of folders) {
    try { fs.rmSync(folder, { recursive: true, force: true, maxRetries: 3 }); } catch {}
  }
  process.exit(0);
}

const pipe = new (require('node:net').Socket)({ fd: 3 });
let text = '';
pipe.setEncoding('utf8');
pipe.on('data', async (data) => {
  text += data;
  const lines = text.split('\n');
  text = lines.pop();
  for (const line of lines) {
    const order = JSON.parse(line);
    if (order.watch) tokens.set(order.watch, order.pid);
    if (order.forget) tokens.delete(order.forget);
    if (order.remove) folders.add(order.remove);
    if (order.keep) folders.delete(order.keep);
    if (order.sweep) sweep(order.sweep).then((left) => pipe.write(JSON.stringify({ swept: order.id, left }) + '\n'));
  }
});
pipe.on('error', () => {});
pipe.on('close', end);
`;
