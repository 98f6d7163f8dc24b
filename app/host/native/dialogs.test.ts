import { describe, expect, it } from 'vitest';
import { dialogPrograms, type DialogRequest } from './dialogs.ts';

/** A title that any shell or script would stumble over. */
const title = `--help "; $(touch x) ' & %PATH% \`id\``;
const request: DialogRequest = { title, folder: '/home/ada/.postgresql', kind: 'certificate' };
const program = (name: string) => {
  const found = (['linux', 'darwin', 'win32'] as const)
    .flatMap((platform) => dialogPrograms(platform))
    .find((each) => each.name === name);
  if (!found) throw new Error(`There is no ${name}`);
  return found;
};

describe('the programs that show a dialog', () => {
  it('are those of the system, best first', () => {
    const names = (platform: NodeJS.Platform) => dialogPrograms(platform).map(({ name }) => name);
    expect(names('linux')).toEqual(['zenity', 'kdialog']);
    expect(names('darwin')).toEqual(['osascript']);
    expect(names('win32')).toEqual(['powershell.exe']);
  });

  it('zenity: begins in the folder, with likely names first', () => {
    expect(program('zenity').args(request)).toEqual([
      '--file-selection',
      `--title=${title}`,
      '--filename=/home/ada/.postgresql/',
      '--file-filter=Certificates | *.pem *.crt *.cer *.cert',
      '--file-filter=All files | *',
    ]);
    expect(program('zenity').args({ ...request, folder: '/', kind: 'sshKey' })).toEqual([
      '--file-selection',
      `--title=${title}`,
      '--filename=/',
      '--file-filter=All files | *',
    ]);
  });

  it('kdialog: the same in its own words', () => {
    expect(program('kdialog').args(request)).toEqual([
      '--title',
      title,
      '--getopenfilename',
      '/home/ada/.postgresql',
      '*.pem *.crt *.cer *.cert|Certificates\n*|All files',
    ]);
  });

  it('osascript: the script does not know the words, they come after it', () => {
    const args = program('osascript').args(request);
    expect(args.slice(-3)).toEqual(['--', title, '/home/ada/.postgresql']);
    expect(args.slice(0, -3).join('\n')).not.toContain('help');
  });

  it('a folder is chosen by each in its own way, without names of files', () => {
    const folder: DialogRequest = { title, folder: '/home/ada', kind: 'folder' };
    expect(program('zenity').args(folder)).toEqual([
      '--file-selection',
      '--directory',
      `--title=${title}`,
      '--filename=/home/ada/',
    ]);
    expect(program('kdialog').args(folder)).toEqual([
      '--title',
      title,
      '--getexistingdirectory',
      '/home/ada',
    ]);
    expect(program('osascript').args(folder).join('\n')).toContain('choose folder');
    expect(program('powershell.exe').variables?.(folder)).toMatchObject({ HAWSER_DIALOG_KIND: 'folder' });
  });

  it('PowerShell: the script does not know the words, they are variables', () => {
    const args = program('powershell.exe').args(request);
    const script = Buffer.from(args.at(-1) ?? '', 'base64').toString('utf16le');
    expect(args.at(-2)).toBe('-EncodedCommand');
    expect(script).toContain('FileDialog');
    expect(script).not.toContain('help');
    expect(program('powershell.exe').variables?.(request)).toEqual({
      HAWSER_DIALOG_KIND: 'certificate',
      HAWSER_DIALOG_TITLE: title,
      HAWSER_DIALOG_SAVE: '',
      HAWSER_DIALOG_FOLDER: '/home/ada/.postgresql',
      HAWSER_DIALOG_FILTER: 'Certificates|*.pem;*.crt;*.cer;*.cert|All files|*',
    });
  });

  it('all ask for a name to save under, and before they replace a file', () => {
    const saving: DialogRequest = { ...request, folder: '/home/ada', kind: 'data', saveAs: '-a b.csv' };
    expect(program('zenity').args(saving)).toEqual([
      '--file-selection',
      '--save',
      '--confirm-overwrite',
      `--title=${title}`,
      '--filename=/home/ada/-a b.csv',
      '--file-filter=All files | *',
    ]);
    expect(program('kdialog').args(saving).slice(2, 4)).toEqual(['--getsavefilename', '/home/ada/-a b.csv']);
    const apple = program('osascript').args(saving);
    expect(apple.slice(-4)).toEqual(['--', title, '/home/ada', '-a b.csv']);
    expect(apple.join('\n')).toContain('choose file name');
    expect(program('powershell.exe').variables?.(saving)).toMatchObject({ HAWSER_DIALOG_SAVE: '-a b.csv' });
  });

  it.each([
    ['zenity', 1, '', true],
    ['zenity', 1, 'Unable to init server\nGtk: cannot open display: :9', false],
    ['zenity', 255, '', false],
    ['kdialog', 1, '', true],
    ['kdialog', null, 'qt.qpa.xcb: could not connect to display', false],
    ['osascript', 1, 'execution error: User canceled. (-128)', true],
    ['osascript', 1, 'execution error: No user interaction allowed. (-1713)', false],
    ['powershell.exe', 3, '', true],
    ['powershell.exe', 1, 'Cannot find type', false],
  ])('%s that ends with %s and “%s”: not chosen %s', (name, code, complaint, expected) => {
    expect(program(name).wasCancelled(code, complaint)).toBe(expected);
  });
});
