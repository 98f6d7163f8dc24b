import type { CompletionItem } from '#shared/catalog/completion.ts';
import type { Names, Relation } from '../names/names.ts';
import {
  addAliases,
  addColumns,
  addCtes,
  addRelations,
  addRoutines,
  addSchemas,
  addScopeColumns,
  addTypes,
  writer,
  type Write,
} from './candidates.ts';
import { Collector } from './collector.ts';
import { expectationAt, type Expectation } from './expectation.ts';
import { addConditions, addJoins, freeAlias } from './joins.ts';
import { callKeywords } from './keywords.ts';
import type { Core, Source } from './queryTree.ts';
import { Scope, type ScopeColumn } from './scope.ts';
import { caretText, type CaretText, type Token } from './tokens.ts';

export interface Completions {
  from: number;
  to: number;
  items: CompletionItem[];
  more: boolean;
}

/** What may stand at a position of a text; without names there are still those of the text itself, and keywords. */
export function complete(
  names: Names | undefined,
  { text, position: asked, limit }: { text: string; position: number; limit: number },
): Completions {
  const position = Math.min(asked, text.length);
  const caret = caretText(text, position);
  if (!caret) return { from: position, to: position, items: [], more: false };
  const into = new Collector(caret.typed);
  new Completion(names, caret, into).run();
  const items = into.best(limit);
  return { from: caret.from, to: caret.to, items, more: into.size > items.length };
}

/** A keyword is typed from its beginning, a longer part of a phrase also from the beginning of a word in it. */
const [leastBeginning, leastWord] = [700, 500];

class Completion {
  readonly #names: Names | undefined;
  readonly #caret: CaretText;
  readonly #into: Collector;
  readonly #wants: Expectation;
  readonly #scope: Scope;
  readonly #write: Write;

  constructor(names: Names | undefined, caret: CaretText, into: Collector) {
    this.#names = names;
    this.#caret = caret;
    this.#into = into;
    this.#wants = expectationAt(caret);
    this.#scope = new Scope(this.#wants.query, caret.caret, names);
    this.#write = writer(caret.within === 'name');
  }

  run(): void {
    if (this.#caret.within === 'string') return this.#enumLabels();
    if (this.#wants.path.length > 0) return this.#qualified();
    this.#columns();
    this.#objects();
    if (this.#caret.within === undefined) {
      this.#enumLabels();
      this.#keywords();
    }
  }

  /** Behind a dot: columns of a source, what a schema holds, columns of any table of that name. */
  #qualified(): void {
    const { path, relations, types, routines } = this.#wants;
    const [into, names, write] = [this.#into, this.#names, this.#write];
    const source = relations ? undefined : this.#scope.named(path);
    if (source) addColumns(into, this.#scope.columns(source), names, write);
    if (!names || source) return;
    const schema = path.length === 1 ? names.schema(path[0] ?? '')?.name : undefined;
    if (schema !== undefined) {
      if (types) return addTypes(into, names, schema, write);
      const kinds = relations === 'sources' ? undefined : relations;
      if (!routines) addRelations(into, names, { kinds, schema, write });
      if (!kinds)
        addRoutines(into, names, {
          wanted: routines ?? 'expression',
          schema,
          write,
          isCalled: this.#isCalled,
        });
      return;
    }
    const relation = names.relation(path.at(-1) ?? '', path.at(-2));
    if (relation) addColumns(into, fromRelation(relation), names, write);
  }

  get #isCalled(): boolean {
    return this.#caret.next === '(' || this.#wants.routines === 'any';
  }

  #columns(): void {
    const { expression, target, columnsOf, conditions, usingColumns, outputs, core } = this.#wants;
    const [into, names, scope, write] = [this.#into, this.#names, this.#scope, this.#write];
    const at = this.#caret.caret;
    if (conditions && names) addConditions(into, scope, names, at);
    if (target && core?.target) addColumns(into, this.#unused(core, core.target), names, write);
    if (columnsOf && names) {
      const relation = names.relation(columnsOf.at(-1) ?? '', columnsOf.at(-2));
      if (relation) addColumns(into, fromRelation(relation), names, write);
    }
    if (usingColumns) addColumns(into, this.#shared(), names, write);
    if (outputs && core)
      for (const { name, path } of core.outputs)
        if (name !== undefined && !path && name !== '?column?')
          into.add(name, 150, () => ({
            kind: 'column',
            label: name,
            apply: write(name),
            detail: 'in SELECT',
          }));
    if (!expression) return;
    addScopeColumns(into, scope, names, write);
    addAliases(into, scope, write);
  }

  /** Columns of the table that is written to, without those that are named already. */
  #unused(core: Core, target: Source): ScopeColumn[] {
    const { tokens, caret } = this.#caret;
    const columns = this.#scope.columns({ name: '', source: target, depth: 0, relation: undefined });
    const clauseAt = core.marks.findLast(({ at }) => at < caret)?.at ?? 0;
    const written = tokens
      .slice(Math.max(target.at, clauseAt), caret)
      .filter(({ kind }, index, all) => (kind === 'word' || kind === 'name') && begins(all[index - 1]));
    const used = new Set(written.map(({ text }) => text));
    return columns.filter(({ name }) => !used.has(name));
  }

  /** Columns that the source joined last has in common with those before it. */
  #shared(): ScopeColumn[] {
    const sources = this.#scope.sources.filter(
      ({ depth, source }) => depth === 0 && source.at < this.#caret.caret,
    );
    const last = sources.at(-1);
    if (!last) return [];
    const others = new Set(
      sources.slice(0, -1).flatMap((each) => this.#scope.columns(each).map(({ name }) => name)),
    );
    return this.#scope.columns(last).filter(({ name }) => others.has(name));
  }

  #objects(): void {
    const { relations, joins, routines, types, schemas, expression, aliasFor } = this.#wants;
    const [into, names, write] = [this.#into, this.#names, this.#write];
    if (relations === 'sources') addCtes(into, this.#scope, write);
    if (aliasFor !== undefined) this.#alias(aliasFor);
    if (!names) return;
    if (joins && this.#caret.within === undefined) addJoins(into, this.#scope, names, this.#caret.caret);
    if (relations) {
      addRelations(into, names, { kinds: relations === 'sources' ? undefined : relations, write });
      addSchemas(into, names, write);
    }
    if (schemas) addSchemas(into, names, write, 100);
    if (types) addTypes(into, names, undefined, write);
    if (types) addSchemas(into, names, write, -60);
    const isFrom = relations === 'sources' && into.typed !== '';
    const wanted = expression || isFrom ? 'expression' : routines;
    if (wanted)
      addRoutines(into, names, {
        wanted,
        write,
        isCalled: this.#isCalled,
        weight: isFrom ? -120 : routines ? 60 : 0,
      });
    if (expression && into.typed !== '') addSchemas(into, names, write, -60);
    if (routines) addSchemas(into, names, write);
  }

  /** A name for the table that stands before the caret: what is typed for it is no keyword then. */
  #alias(name: string): void {
    const taken = new Set(this.#scope.sources.map((source) => source.name));
    const alias = freeAlias(name, taken);
    this.#into.add(alias, 0, () => ({
      kind: 'alias',
      label: alias,
      apply: this.#write(alias),
      detail: `for ${name}`,
    }));
  }

  #keywords(): void {
    const { typed, inCapitals, next } = this.#caret;
    const isUpper =
      typed === '' ? inCapitals : typed === typed.toUpperCase() && (typed.length > 1 || inCapitals);
    const keywords = this.#wants.keywords ?? [];
    for (const [index, word] of keywords.entries()) {
      const written = isUpper ? word.toUpperCase() : word;
      const call = this.#wants.expression && callKeywords.has(word) && next !== '(' ? '(' : '';
      // The first ones are the usual ones.
      const weight = 40 - Math.min(index, 30);
      const item = () => ({ kind: 'keyword' as const, label: written, apply: written + call });
      this.#into.add(word, weight, item, typed.length < 3 ? leastBeginning : leastWord);
    }
  }

  /** The values of an enum, where a column of its type is compared or set. */
  #enumLabels(): void {
    const { tokens, caret } = this.#caret;
    const path = comparedColumn(tokens, caret);
    const names = this.#names;
    if (!names || !path) return;
    const source = path.length > 1 ? this.#scope.named(path.slice(0, -1)) : undefined;
    const type = (source ? [source] : this.#scope.sources)
      .flatMap((each) => this.#scope.columns(each))
      .find(({ name }) => name === path.at(-1))?.type;
    const labels = names.types.find((each) => each.kind === 'enum' && each.shown === type)?.labels ?? [];
    for (const label of labels) {
      const text = `'${label.replaceAll("'", "''")}'`;
      this.#into.add(label, 160, () => ({
        kind: 'value',
        label: text,
        apply: text,
        detail: names.shortType(type ?? ''),
      }));
    }
  }
}

const fromRelation = (relation: Relation): ScopeColumn[] =>
  relation.columns.map((column) => ({ name: column.name, type: column.type, column, relation }));

const begins = (before: Token | undefined): boolean =>
  before?.text === '(' || before?.text === ',' || before?.text === 'set';

/** The column in front of `=` before a place, or in front of the IN whose list it stands in. */
function comparedColumn(tokens: readonly Token[], caret: number): string[] | undefined {
  let at = caret - 1;
  while (tokens[at]?.kind === 'value' || tokens[at]?.text === ',') at -= 1;
  if (tokens[at]?.kind === 'open' && tokens[at - 1]?.text === 'in')
    at -= tokens[at - 2]?.text === 'not' ? 3 : 2;
  else if (tokens[caret - 1]?.text === '=' || tokens[caret - 1]?.text === '>') at = caret - 2;
  else return undefined;
  while (/^[<>!=]$/.test(tokens[at]?.text ?? '')) at -= 1;
  const path: string[] = [];
  for (; ; at -= 2) {
    const token = tokens[at];
    if (token?.kind !== 'word' && token?.kind !== 'name') break;
    path.unshift(token.text);
    if (tokens[at - 1]?.text !== '.') break;
  }
  return path.length > 0 ? path : undefined;
}
