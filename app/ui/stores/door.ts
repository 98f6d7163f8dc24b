/** What the user can do where this window is not let in, or its link is lost. */
export interface Door {
  /** Tries at once, whatever was planned. */
  retry(): void;
  /** Takes the session from the window that has it. */
  takeOver(): void;
  /** Leaves the session to the window that has it, and begins another one here. */
  startAnew(): void;
}
