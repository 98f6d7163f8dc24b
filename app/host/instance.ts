import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { open, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { IncomingMessage } from 'node:http';
import { ownAddress } from './bridge/address.ts';
import { refusal, type Reply } from './bridge/reply.ts';

/** What Hawser does when it was started a second time: its window is in front, this is where it is, or it is about to end. */
export type Fronted = { shown: true } | { address: string } | { ending: true };

const fileIn = (folder: string): string => join(folder, 'host.json');
/** One who runs beside us may be starting himself. */
const patienceMs = 2_000;
const pauseMs = 100;
const answerMs = 5_000;
/** How often it is looked whether one that ends has gone. */
const lookMs = 1_200;
const maxFileBytes = 4096;
/** Whoever starts Hawser by hand is slower. */
const limit = { count: 10, withinMs: 10_000 };

/** By what a second start finds the Hawser that has its data folder: a file in that folder which its owner alone can read. */
export class Instance {
  readonly #path: string;
  readonly #text: string;
  readonly #digest: Buffer;
  #asked: number[] = [];

  private constructor(path: string, text: string, secret: string) {
    this.#path = path;
    this.#text = text;
    this.#digest = digest(secret);
  }

  static async publish(folder: string, port: number): Promise<Instance> {
    const secret = randomBytes(32).toString('base64url');
    const text = `${JSON.stringify({ port, secret })}\n`;
    const path = fileIn(folder);
    const half = `${path}.${randomUUID()}.tmp`;
    try {
      await writeFile(half, text, { flag: 'wx', mode: 0o600 });
      await rename(half, path);
    } catch {
      // A folder that cannot be written to: a second start says then that this one is there, and no more.
      await rm(half, { force: true }).catch(() => undefined);
    }
    return new Instance(path, text, secret);
  }

  /** Answers the request of a second start. The server has seen that no page sent it. */
  async answer(request: IncomingMessage, front: () => Promise<Fronted>): Promise<Reply> {
    const now = performance.now();
    this.#asked = this.#asked.filter((at) => now < at + limit.withinMs);
    if (this.#asked.length >= limit.count) return refusal(429, 'This was asked too often.');
    this.#asked.push(now);
    const [, secret = ''] = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '') ?? [];
    if (!timingSafeEqual(this.#digest, digest(secret))) return refusal(403, 'This secret is not known.');
    return { status: 200, body: await front() };
  }

  /** Another one that has begun meanwhile keeps its own. */
  async withdraw(): Promise<void> {
    if ((await readOwn(this.#path)) === this.#text) await rm(this.#path, { force: true });
  }
}

/** Asks the Hawser that has the data folder to come to the front; undefined where none answers. */
export async function summon(folder: string): Promise<Fronted | undefined> {
  for (const until = performance.now() + patienceMs; performance.now() < until; await delay(pauseMs)) {
    const found = parse(await readOwn(fileIn(folder)));
    const answer = found && (await ask(found).catch(() => undefined));
    if (answer) return answer;
  }
  return undefined;
}

/** Resolves once the Hawser that is about to end has gone, or at an abort. */
export async function whenGone(folder: string, signal: AbortSignal): Promise<void> {
  for (let isThere = true; isThere && !signal.aborted;) {
    await delay(lookMs, undefined, { signal }).catch(() => undefined);
    const found = parse(await readOwn(fileIn(folder)));
    const answer = found && (await ask(found).catch(() => undefined));
    isThere = answer !== undefined && 'ending' in answer;
  }
}

interface Found {
  port: number;
  secret: string;
}

async function ask({ port, secret }: Found): Promise<Fronted | undefined> {
  const { origin } = ownAddress(port);
  const headers = { Authorization: `Bearer ${secret}` };
  const signal = AbortSignal.timeout(answerMs);
  const response = await fetch(`${origin}/front`, { method: 'POST', headers, signal });
  if (!response.ok) return undefined;
  const answer = (await response.json()) as { shown?: unknown; address?: unknown; ending?: unknown };
  if (answer.shown === true) return { shown: true };
  if (answer.ending === true) return { ending: true };
  const { address } = answer;
  return typeof address === 'string' && address.startsWith(`${origin}/#code=`) ? { address } : undefined;
}

/** A file that others may read or have written is none of ours. */
async function readOwn(path: string): Promise<string | undefined> {
  try {
    const file = await open(path);
    try {
      const { uid, mode, size } = await file.stat();
      const isOurs = process.platform === 'win32' || (uid === process.getuid?.() && (mode & 0o077) === 0);
      return isOurs && size <= maxFileBytes ? await file.readFile('utf8') : undefined;
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}

function parse(text: string | undefined): Found | undefined {
  try {
    const { port, secret } = JSON.parse(text ?? '') as Partial<Record<keyof Found, unknown>>;
    const isPort = Number.isInteger(port) && Number(port) > 0 && Number(port) < 65_536;
    return isPort && typeof secret === 'string' ? { port: Number(port), secret } : undefined;
  } catch {
    return undefined;
  }
}

const digest = (secret: string): Buffer => createHash('sha256').update(secret).digest();
