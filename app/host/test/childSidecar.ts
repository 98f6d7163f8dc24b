import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A small program that speaks the contract's framing, so that the host's tests run a real process with real pipes and need
 * nothing built. Its methods do what the true sidecar cannot be asked to do: crash, stay silent, stop reading.
 */
const program = `
const args = process.argv.slice(2);
const detached = [];
let seen = 0;
if (args[0] === '--refuse') {
  process.stderr.write(args[2] + '\\n');
  process.exit(Number(args[1]));
}
if (args[0] === '--crash') {
  process.stderr.write('cannot go on: postgres://ada:hunter2@db.example/shop\\n');
  process.exit(1);
}
if (args[0] === '--slow') await new Promise((resolve) => setTimeout(resolve, 1500));
if (args[0] === '--stubborn') process.stdin.on('end', () => setInterval(() => undefined, 1000));
process.on('SIGTERM', () => args[0] === '--stubborn' || setTimeout(() => process.exit(0), args[0] === '--busy' ? 60_000 : 0));

function send(message) {
  const text = JSON.stringify({ jsonrpc: '2.0', ...message });
  process.stdout.write('Content-Length: ' + Buffer.byteLength(text) + '\\r\\n\\r\\n' + text);
}
const handlers = {
  'host.ping': () => ({ at: Date.now() }),
  pid: () => ({ pid: process.pid }),
  echo: (params, message) => ({ params, channel: message.channel, id: message.id }),
  seen: () => ({ seen }),
  detached: () => ({ detached }),
  'session.detach': (params, message) => (detached.push(message.channel), {}),
  tell: (params) => (send({ method: 'told', params: params.say, channel: params.channel }), {}),
  large: (params) => ({ text: 'x'.repeat(params.length) }),
  later: () => undefined,
  deaf: (params) => (process.stdin.pause(), setTimeout(() => process.stdin.resume(), params.forMs), {}),
  garbage: () => (process.stdout.write('Content-Length: 0x10\\r\\n\\r\\n'), undefined),
  die: () => process.exit(1),
};
function take(message) {
  seen += 1;
  if (message.method === '$/cancelRequest') {
    return send({ id: message.params.id, error: { code: -32800, message: 'cancelled' }, channel: message.channel });
  }
  const handler = handlers[message.method];
  if (message.id === undefined) return;
  if (!handler) return send({ id: message.id, error: { code: -32601, message: 'unknown' }, channel: message.channel });
  const result = handler(message.params ?? {}, message);
  if (result !== undefined) send({ id: message.id, result, channel: message.channel });
}
let buffered = Buffer.alloc(0);
process.stdin.on('data', (chunk) => {
  buffered = Buffer.concat([buffered, chunk]);
  for (;;) {
    const end = buffered.indexOf('\\r\\n\\r\\n');
    if (end < 0) return;
    const length = Number(/Content-Length: (\\d+)/.exec(buffered.subarray(0, end).toString())[1]);
    if (buffered.length < end + 4 + length) return;
    const text = buffered.subarray(end + 4, end + 4 + length).toString();
    buffered = buffered.subarray(end + 4 + length);
    take(JSON.parse(text));
  }
});
`;

export interface Workshop {
  folder: string;
  sidecarFile: string;
  uiFolder: string;
  remove: () => Promise<void>;
}

/** A temporary folder laid out as `dist` is: the small sidecar and a page. */
export async function createWorkshop(): Promise<Workshop> {
  const folder = await mkdtemp(join(tmpdir(), 'hawser-host-'));
  const uiFolder = join(folder, 'ui');
  const sidecarFile = join(folder, 'sidecar', 'main.mjs');
  await mkdir(join(uiFolder, 'assets'), { recursive: true });
  await mkdir(join(folder, 'sidecar'));
  await writeFile(sidecarFile, program);
  await writeFile(join(folder, 'sidecar', 'main.cjs'), "import('./main.mjs');\n");
  await writeFile(join(uiFolder, 'index.html'), page);
  await writeFile(join(uiFolder, 'assets', 'app.js'), 'export {};\n');
  await writeFile(join(folder, 'secret.txt'), 'not to be served\n');
  // The sidecar of a host that was killed ends by itself, and may write for a moment still.
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  return { folder, sidecarFile, uiFolder, remove };
}

const page = `<!doctype html>
<meta name="csp-nonce" content="%CSP_NONCE%" />
<script type="module" src="/assets/app.js"></script>
`;

/** Whether a process is still there. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
