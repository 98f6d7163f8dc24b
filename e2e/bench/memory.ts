import { readFile } from 'node:fs/promises';

/** Memory of a process in MB, from the system: resident now, or the most it ever was. Undefined where it does not tell. */
export async function memoryMB(pid: number | undefined, which: 'now' | 'peak'): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const pattern = which === 'now' ? /VmRSS:\s+(\d+)/ : /VmHWM:\s+(\d+)/;
  const kilobytes = pattern.exec(status)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
}

/** Memory of a process in MB that is no program or library read from a file. Undefined where the system does not tell. */
export async function ownMemoryMB(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const [, anonymous] = /RssAnon:\s+(\d+)/.exec(status) ?? [];
  const [, shared] = /RssShmem:\s+(\d+)/.exec(status) ?? [];
  return anonymous === undefined ? undefined : (Number(anonymous) + Number(shared ?? 0)) / 1024;
}
