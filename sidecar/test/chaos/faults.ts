import type { ErrorEnvelope } from '#shared/error/envelope.ts';
import { mend, pickFault } from './faultKinds.ts';
import { none, type Chaos, type Figure } from './figure.ts';
import { Random } from './random.ts';
import { onStage, sleep, type ChaosStage } from './stage.ts';
import { StrangeUser } from './strangeUser.ts';

/** After so many faults everything must have settled. */
const faultsPerHarvest = 5;
/** What a statement may still take once all is well, before it is cancelled: the longest lasts less than a second. */
const patienceMs = 2_000;
/** A cancel settles within 2.5 s by design; the rest is for a busy machine. */
const settleMs = 8_000;

/** Beats are quicker than usual, so that what a blackhole swallowed is known to be lost soon. */
const options = {
  heartbeatIntervalMs: 500,
  heartbeatDeadlineMs: 1_500,
  connectTimeoutSec: 2,
  maxPoolSize: 6,
  poolWaitMs: 3_000,
};

interface Findings {
  uncaught: string[];
  unsettled: string[];
  struck: Record<string, number>;
}

/** Random faults while a user does random things: nothing is left unanswered, and the process has no fault of its own. */
export async function faults(chaos: Chaos, count = chaos.rounds(1_000)): Promise<Figure[]> {
  const findings: Findings = { uncaught: [], unsettled: [], struck: {} };
  await onStage(chaos, { options, server: { settings: { max_connections: 60 } } }, async (stage) => {
    await stage.server.query('create table scribbled (n int)');
    const user = new StrangeUser(stage);
    for (let round = 0; round < count; round += 1) {
      const random = Random.of(chaos.seed, `fault ${round}`);
      await strike(stage, user, random, findings);
      if (round % faultsPerHarvest === faultsPerHarvest - 1 || round === count - 1)
        await harvest(stage, user, findings, round);
      if (round % 100 === 99) chaos.say(`  ${round + 1} faults`);
    }
  });
  const struck = Object.entries(findings.struck).map(([name, times]) => `${times} ${name}`);
  return [
    none('uncaught errors', findings.uncaught, `${count} faults (${struck.join(', ')})`),
    none('calls and runs that did not settle', findings.unsettled, `${count} faults`),
  ];
}

async function strike(stage: ChaosStage, user: StrangeUser, random: Random, findings: Findings) {
  const { name, strike } = pickFault(random);
  findings.struck[name] = (findings.struck[name] ?? 0) + 1;
  for (let act = random.int(1, 3); act > 0; act -= 1) user.act(random);
  await sleep(random.int(0, 30));
  await strike(stage, random);
  for (let act = random.int(1, 3); act > 0; act -= 1) user.act(random);
  await sleep(random.int(10, 250));
  await mend(stage);
}

/** All is well: whatever was begun comes to its end now. */
async function harvest(stage: ChaosStage, user: StrangeUser, findings: Findings, round: number) {
  const note = (list: string[], what: string) => list.push(`up to fault ${round}: ${what}`);
  await ended(stage, user, patienceMs);
  // A statement whose length was garbled waits for the rest of itself for ever; that is what Cancel is for.
  for (const runId of user.open) await stage.sidecar.request({ method: 'query.cancel', params: { runId } });
  await ended(stage, user, settleMs);
  // Only now, for what waits for its turn in a tab waits for the run before it.
  await user.answered();
  for (const what of user.unanswered.splice(0)) note(findings.unsettled, what);
  await ended(stage, user, settleMs);
  for (const runId of user.open) note(findings.unsettled, `${runId} has no end`);
  user.open.clear();
  await usable(stage).catch((error: unknown) => note(findings.unsettled, String(error)));
  const complaints = stage.uncaught();
  for (const complaint of complaints) note(findings.uncaught, complaint);
  stage.sidecar.stderr = '';
  if (complaints.some((complaint) => complaint.startsWith('ended'))) await stage.renewSidecar();
  stage.forget();
}

/** A login that was garbled on its way looks like a wrong password, and the user is asked for the right one. */
async function provide({ sidecar, server }: ChaosStage, promptId: string): Promise<void> {
  const params = { promptId, secret: server.password };
  await sidecar.call('credential.provide', params).catch(() => undefined);
}

async function ended(stage: ChaosStage, user: StrangeUser, limitMs: number): Promise<void> {
  const looked = () => {
    user.look();
    return user.open.size === 0 ? true : undefined;
  };
  await stage.sidecar.until(looked, 'the end of all runs', limitMs).catch(() => undefined);
}

/** By itself, or with the user's word where an attempt was answered by what looked like another server or a wrong password. */
async function usable(stage: ChaosStage): Promise<void> {
  let last = '';
  const works = async (): Promise<boolean> => {
    const status = await stage.statusNow();
    if (status === 'error' || status === 'disconnected') await stage.connect().catch(() => undefined);
    const run = await stage.run('last', 'select 1').catch(() => undefined);
    const { outcome, error } = (run?.params ?? {}) as { outcome?: string; error?: ErrorEnvelope };
    last = JSON.stringify(run?.params);
    if (error?.promptId !== undefined) await provide(stage, error.promptId);
    return outcome === 'done';
  };
  await stage.poll(works, 'a run that succeeds', 20_000).catch((error: unknown) => {
    throw new Error(`${String(error)} (${last})`);
  });
  for (const tabId of ['last', 'tab 1', 'tab 2', 'tab 3', 'tab 4'])
    await stage.sidecar.call('query.close', { tabId });
}
