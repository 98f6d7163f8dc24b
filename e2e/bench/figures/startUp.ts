import { SidecarProcess } from '../../../sidecar/test/sidecarProcess.ts';
import { tempFolder } from '../../../sidecar/test/tempFolder.ts';
import { beside, type FigureTable } from '../figure.ts';
import { timed } from '../measure.ts';
import { runProgram } from '../program.ts';

/** From the start of the process until a window is attached, beside a Node that does nothing. */
export const startUp: FigureTable = {
  name: 'startUp',
  title: 'Start',
  async measure() {
    const folder = await tempFolder();
    const ours = async () => {
      const from = performance.now();
      const sidecar = new SidecarProcess(folder.path);
      await sidecar.call('session.attach', { protocolVersion: 1, windowId: 'bench' });
      const took = performance.now() - from;
      await sidecar.end();
      return took;
    };
    const theirs = () => timed(() => runProgram(process.execPath, ['-e', '0']));
    const what = 'process start to attached';
    const figure = await beside({ what, ours, peer: 'bare node', theirs, rounds: 15, limit: 2 });
    await folder.remove();
    return [figure];
  },
};
