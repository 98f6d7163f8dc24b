import type { ValueForm } from './valueForms.ts';

/** How the viewer stands and shows values: the same for every result of the window. */
export class ViewerLook {
  width = $state(380);
  wrap = $state(true);
  /** As it was chosen last; a value that has no such form is shown in its usual one. */
  form = $state<ValueForm>();
}

export const viewerLook = new ViewerLook();
