import { EmbeddedServer } from '../../embedded/server.ts';
import { systemClock } from '../../lib/clock.ts';

/**
 * Stands in for the sidecar where a test kills it: starts the built-in server on a folder, says where it is, and stops it when its
 * standard input ends. Argument: the folder.
 */
const [dataDir = ''] = process.argv.slice(2);
const say = (facts: object) => process.stdout.write(`${JSON.stringify(facts)}\n`);
const server = new EmbeddedServer({ dataDir, log: { info: () => {}, warn: () => {} }, clock: systemClock });

server.events.on(({ error }) => say({ exited: error.message }));
process.stdin.resume().on('end', () => {
  void server.stop().then(() => process.exit(0));
});

const address = await server.start({
  signal: new AbortController().signal,
  onActivity: (words) => say({ words }),
});
say({ address, ...server.pids });
setInterval(() => say(server.pids), 50);
