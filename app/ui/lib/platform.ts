import { isMac } from './keys.ts';

/** Whether shortcuts are written and pressed with Cmd. */
export const mac = isMac(navigator.platform);
