export interface Choice {
  readonly id: string;
  readonly name: string;
  /** Quiet words at the end of the line. */
  readonly detail?: string | undefined;
  /** Why it cannot be chosen; it stays in the list, so that nobody looks for it. */
  readonly shut?: string | undefined;
}

/** Those whose name holds what was typed; names that begin so come first. */
export function choicesFor(choices: readonly Choice[], typed: string): readonly Choice[] {
  const wanted = typed.trim().toLowerCase();
  if (wanted === '') return choices;
  const at = ({ name }: Choice) => name.toLowerCase().indexOf(wanted);
  const found = choices.filter((choice) => at(choice) >= 0);
  return found.sort((one, other) => Number(at(one) > 0) - Number(at(other) > 0));
}
