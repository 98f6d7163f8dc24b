export interface Question {
  title: string;
  text: string;
  /** What it is about, each with its name; `exact` where each character counts. */
  facts?: readonly { label: string; value: string; exact?: boolean }[];
  /** Statements, as they would be run. */
  code?: readonly string[];
  /** What the dangerous choice does, in its own words. */
  confirm: string;
  /** A second way on, where there are two. */
  alternative?: string;
  /** The safe choice; it has the focus. */
  cancel: string;
  danger: boolean;
}

export type Answer = 'confirm' | 'alternative' | 'cancel';

interface Asked extends Question {
  answer: (answer: Answer) => void;
}

/** Questions that block: one dialog at a time, the others wait. */
export class Questions {
  #asked = $state.raw<readonly Asked[]>([]);

  get current(): Question | undefined {
    return this.#asked[0];
  }

  /** True when the person confirmed. */
  async ask(question: Question): Promise<boolean> {
    return (await this.choose(question)) === 'confirm';
  }

  choose(question: Question): Promise<Answer> {
    return new Promise((answer) => {
      this.#asked = [...this.#asked, { ...question, answer }];
    });
  }

  answer(answer: Answer): void {
    const [first, ...others] = this.#asked;
    this.#asked = others;
    first?.answer(answer);
  }
}
