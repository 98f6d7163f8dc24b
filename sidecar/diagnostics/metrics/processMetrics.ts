import type { Clock } from '../../lib/clock.ts';
import type { Metrics } from './metrics.ts';

const lagEveryMs = 1_000;

/** What any program of Node's tells of itself, by the names that are usual for it. Returns what ends the watch. */
export function watchProcess(metrics: Metrics, clock: Clock): () => void {
  const startedAtSec = clock.now() / 1_000 - process.uptime();
  const memory = () => process.memoryUsage();
  metrics.gauge('process_resident_memory_bytes', 'Memory of the process.', () => memory().rss);
  metrics.gauge('nodejs_heap_size_used_bytes', 'Of it, what JavaScript uses.', () => memory().heapUsed);
  metrics.gauge('nodejs_external_memory_bytes', 'Of it, buffers.', () => memory().external);
  metrics.total('process_cpu_seconds_total', 'Time on the processor.', () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000_000;
  });
  metrics.gauge('process_start_time_seconds', 'When the process began, in Unix time.', () => startedAtSec);
  metrics.gauge('nodejs_version_info', 'The version of Node.', () => [
    { labels: { version: process.version }, value: 1 },
  ]);
  const lag = metrics.histogram('hawser_event_loop_lag_seconds', 'How late a timer of one second came.');
  return watchLag(clock, (seconds) => lag.observe(seconds));
}

function watchLag(clock: Clock, observe: (seconds: number) => void): () => void {
  let cancel = () => {};
  const wait = () => {
    const from = clock.monotonic();
    cancel = clock.after(lagEveryMs, () => {
      observe(Math.max(0, clock.monotonic() - from - lagEveryMs) / 1_000);
      wait();
    });
  };
  wait();
  return () => cancel();
}
