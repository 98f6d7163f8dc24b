export interface Toast {
  id: number;
  text: string;
  /** What takes it back. */
  undo?: () => void;
}

interface Shown extends Toast {
  expire: () => void;
  timer: ReturnType<typeof setTimeout>;
}

/** Long enough to read it and to reach the button. */
const lifeMs = 8_000;

/** What succeeded out of sight, for a few seconds. What can be taken back is final only once its toast has gone. */
export class Toasts {
  #shown = $state.raw<readonly Shown[]>([]);
  #count = 0;

  get list(): readonly Toast[] {
    return this.#shown;
  }

  /** `gone` is called when the time is over or the toast was put away, but not after `undo`. */
  show(text: string, { undo, gone }: { undo?: () => void; gone?: () => void } = {}): void {
    this.#count += 1;
    const id = this.#count;
    const remove = (): void => {
      clearTimeout(toast.timer);
      this.#shown = this.#shown.filter((each) => each.id !== id);
    };
    const expire = (): void => {
      remove();
      gone?.();
    };
    const toast: Shown = {
      id,
      text,
      expire,
      timer: setTimeout(expire, lifeMs),
      ...(undo
        ? {
            undo: () => {
              remove();
              undo();
            },
          }
        : {}),
    };
    this.#shown = [...this.#shown, toast];
  }

  dismiss(id: number): void {
    this.#shown.find((toast) => toast.id === id)?.expire();
  }

  /** The page goes, and with it the way back: what was told is final. */
  leave(): void {
    for (const { expire } of this.#shown) expire();
  }

  /** Takes back the last thing that can be taken back. */
  undoLast(): void {
    this.#shown.findLast((toast) => toast.undo)?.undo?.();
  }
}
