/**
 * The process that talks to the keychain, so that a call that never returns holds up nobody: the native libraries use the
 * threads that this process needs for its files, and cannot be interrupted. It is plain JavaScript in a text, handed to
 * `node -` through its standard input, because the same lines then run from the tests, from the sources and from the bundle.
 *
 * Lines of JSON on descriptor 3: { id, store, path, action: load | get | set | remove, service, account, secret }, answered
 * by { id, value } or { id, error }. A secret never stands in an argument or in the environment.
 */
export const keychainScript = String.raw`
process.title = 'hawser-keychain';
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => {});
const wrap = {
  keytar: (keytar) => ({
    get: (service, account) => keytar.getPassword(service, account),
    set: (service, account, secret) => keytar.setPassword(service, account, secret),
    remove: (service, account) => keytar.deletePassword(service, account),
  }),
  keyring: ({ AsyncEntry }) => {
    // Without the pin a Linux without Secret Service would fall back to the kernel's keyring, which a restart empties.
    const entry = (service, account) => new AsyncEntry(service, account, { linux: { store: 'secret-service' } });
    return {
      get: async (service, account) => entry(service, account).getPassword(),
      set: async (service, account, secret) => entry(service, account).setPassword(secret),
      remove: async (service, account) => entry(service, account).deletePassword(),
    };
  },
};
const loaded = {};
async function answer({ store, path, action, service, account, secret }) {
  loaded[store] ??= wrap[store](require(path));
  if (action === 'load') return null;
  return (await loaded[store][action](service, account, secret)) ?? null;
}
const pipe = new (require('node:net').Socket)({ fd: 3 });
const tell = (said) => pipe.write(JSON.stringify(said) + '\n');
let text = '';
pipe.setEncoding('utf8');
pipe.on('data', (data) => {
  text += data;
  const lines = text.split('\n');
  text = lines.pop();
  for (const line of lines) {
    const order = JSON.parse(line);
    answer(order).then((value) => tell({ id: order.id, value }), (error) => tell({ id: order.id, error: String(error?.message ?? error) }));
  }
});
pipe.on('error', () => {});
// A native call that hangs would keep an ordinary exit waiting for its thread.
pipe.on('close', () => process.kill(process.pid, 'SIGKILL'));
`;
