import { maxFrameBytes } from '#shared/contract/protocol.ts';
import { documentSchema, type Document } from '#shared/documents/document.ts';
import { AppError } from '#shared/error/appError.ts';
import { systemClock, type Clock } from '../lib/clock.ts';
import { Emitter } from '../lib/emitter.ts';
import type { DataFolder } from '../storage/dataFolder.ts';
import { JsonFile } from '../storage/jsonFile.ts';
import { fileOf } from '../storage/storeFormat.ts';

/**
 * How long the saves of many tabs are gathered. An accepted text is promised to be on disk within 500 ms; the rest of
 * that time is for the disk.
 */
const delayMs = 100;
/** In a pause of typing the copy is brought up to date, so that of a file that is damaged nothing is lost either. */
const copyMs = 200;

/**
 * How much all tabs together may hold, in bytes as they travel (UTF-8, quoted as JSON). A window that attaches gets all
 * of them in one snapshot, and that has to fit into one message beside everything else.
 */
export const maxTotalBytes = maxFrameBytes - 2 * 1024 * 1024;

interface Content {
  documents: Document[];
}

const version = 1;
const head = Buffer.from(`{"version":${version},"documents":[\n`);
const between = Buffer.from(',\n');
const end = Buffer.from('\n]}\n');

/** The file, a text a line: each is turned into JSON once after it was changed, whatever happens to the others. */
const pieces = ({ documents }: Content): Uint8Array[] => [
  head,
  ...documents.flatMap((document, index) => (index === 0 ? [jsonOf(document)] : [between, jsonOf(document)])),
  end,
];

const encoded = new WeakMap<Document, Buffer>();

function jsonOf(document: Document): Buffer {
  const known = encoded.get(document);
  if (known) return known;
  const bytes = Buffer.from(JSON.stringify(document));
  encoded.set(document, bytes);
  return bytes;
}

/** The texts of the tabs, in `documents.json`. */
export class Documents {
  readonly #file: JsonFile<Content>;
  readonly #clock: Clock;
  /** `by` is the session that has changed it, and needs no telling; `before` is what was there. */
  readonly events = new Emitter<{
    id: string;
    document?: Document;
    before?: Document | undefined;
    by: string | undefined;
  }>();

  private constructor(file: JsonFile<Content>, clock: Clock) {
    this.#file = file;
    this.#clock = clock;
  }

  static async open(folder: DataFolder, clock: Clock = systemClock): Promise<Documents> {
    const file = await JsonFile.open<Content>({
      path: folder.paths.documents,
      schema: fileOf({ documents: documentSchema.array() }),
      version,
      pieces,
      initial: { documents: [] },
      onProblem: folder.problems.reporter('documents.json'),
      delayMs,
      copyMs,
      clock,
    });
    return new Documents(file, clock);
  }

  /** By `sortOrder`, those without one last; otherwise as they came. */
  list(): Document[] {
    const place = ({ sortOrder = Infinity }: Document) => sortOrder;
    return [...this.#file.read().documents].sort((one, other) => compare(place(one), place(other)));
  }

  /**
   * Takes the text of a tab, a new one or a known one; resolves when it is accepted, within 500 ms it is on disk.
   * Rejects with VALUE_TOO_LARGE, and then the former text stays.
   */
  save(given: Document, by?: string): Promise<{ savedAt: number }> {
    const { documents } = this.#file.read();
    const before = documents.find(({ id }) => id === given.id);
    const savedAt = Math.max(this.#clock.now(), (before?.savedAt ?? 0) + 1);
    const document = { ...given, savedAt };
    const others = documents.filter(({ id }) => id !== document.id);
    const bytes = others.reduce((sum, other) => sum + jsonOf(other).length, jsonOf(document).length);
    if (bytes > maxTotalBytes) return Promise.reject(tooLarge(document));
    const isKnown = others.length < documents.length;
    const next = isKnown
      ? documents.map((each) => (each.id === document.id ? document : each))
      : [...documents, document];
    void this.#file.write({ documents: next });
    this.events.emit({ id: document.id, document, before, by });
    return Promise.resolve({ savedAt });
  }

  /** Forgets a tab; one that was never saved is no fault. Resolves when that is on disk. */
  async remove(id: string, by?: string): Promise<void> {
    const { documents } = this.#file.read();
    const before = documents.find((document) => document.id === id);
    if (!before) return;
    const rest = documents.filter((document) => document !== before);
    this.events.emit({ id, before, by });
    await this.#file.write({ documents: rest });
  }

  flush(): Promise<void> {
    return this.#file.flush();
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

/** Infinity less Infinity is no number. */
const compare = (one: number, other: number): number => (one === other ? 0 : one - other);

const tooLarge = ({ title }: Document): AppError =>
  new AppError('VALUE_TOO_LARGE', `The text of "${title}" is too large to be kept.`, {
    reason: `All tabs together may hold ${maxTotalBytes / 1024 / 1024} MB.`,
    hint: 'Close tabs that you no longer need, or keep the text in a file.',
  });
