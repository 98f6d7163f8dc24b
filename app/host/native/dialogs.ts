import { join } from 'node:path';
import type { FileKind } from '#shared/native/methods.ts';

export interface DialogRequest {
  title: string;
  /** Absolute, and there. */
  folder: string;
  kind: FileKind;
  /** The dialog is for saving under this name, which may be changed in it; undefined: for opening. */
  saveAs?: string | undefined;
}

/** A program that shows the system's dialog. What it is told are arguments or variables: no shell and no script reads them. */
export interface DialogProgram {
  name: string;
  args: (request: DialogRequest) => string[];
  variables?: (request: DialogRequest) => Record<string, string>;
  /** Whether it ended so because the person did not choose; any other end but success means that it could not be shown. */
  wasCancelled: (code: number | null, complaint: string) => boolean;
}

/** Best first. */
export function dialogPrograms(platform: NodeJS.Platform): readonly DialogProgram[] {
  if (platform === 'darwin') return [osascript];
  if (platform === 'win32') return [powershell];
  return [zenity, kdialog];
}

const likelyNames: Record<FileKind, { label: string; patterns: readonly string[] } | undefined> = {
  certificate: { label: 'Certificates', patterns: ['*.pem', '*.crt', '*.cer', '*.cert'] },
  privateKey: { label: 'Private keys', patterns: ['*.key', '*.pem', '*.pk8', '*.p8'] },
  // Their names have no common ending.
  sshKey: undefined,
  passwordFile: undefined,
  data: undefined,
  folder: undefined,
};

const everything = { label: 'All files', patterns: ['*'] };
const filtersOf = (kind: FileKind) => [...[likelyNames[kind] ?? []].flat(), everything];

const noDisplay = /(?:cannot|failed to|could not) (?:open|connect to) display/i;

const zenity: DialogProgram = {
  name: 'zenity',
  args: ({ title, folder, kind, saveAs }) => [
    '--file-selection',
    ...(kind === 'folder' ? ['--directory'] : []),
    // Later versions ask by themselves, and take the second word all the same.
    ...(saveAs === undefined ? [] : ['--save', '--confirm-overwrite']),
    `--title=${title}`,
    // Without the slash at its end the folder itself would be what is chosen.
    `--filename=${folder.endsWith('/') ? folder : `${folder}/`}${saveAs ?? ''}`,
    ...(kind === 'folder' ? [] : filtersOf(kind)).map(
      ({ label, patterns }) => `--file-filter=${label} | ${patterns.join(' ')}`,
    ),
  ],
  wasCancelled: (code, complaint) => code === 1 && !noDisplay.test(complaint),
};

const kdialog: DialogProgram = {
  name: 'kdialog',
  args: ({ title, folder, kind, saveAs }) => [
    '--title',
    title,
    ...(kind === 'folder'
      ? ['--getexistingdirectory', folder]
      : [
          ...(saveAs === undefined
            ? ['--getopenfilename', folder]
            : ['--getsavefilename', join(folder, saveAs)]),
          filtersOf(kind)
            .map(({ label, patterns }) => `${patterns.join(' ')}|${label}`)
            .join('\n'),
        ]),
  ],
  wasCancelled: (code, complaint) => code === 1 && !noDisplay.test(complaint),
};

const appleOpen =
  'choose file with prompt (item 1 of argv) default location (POSIX file (item 2 of argv)) with invisibles';
const appleFolder =
  'choose folder with prompt (item 1 of argv) default location (POSIX file (item 2 of argv))';
const appleSave =
  'choose file name with prompt (item 1 of argv) default location (POSIX file (item 2 of argv)) default name (item 3 of argv)';

const osascript: DialogProgram = {
  name: 'osascript',
  args: ({ title, folder, kind, saveAs }) => [
    '-e',
    'on run argv',
    '-e',
    `POSIX path of (${kind === 'folder' ? appleFolder : saveAs === undefined ? appleOpen : appleSave})`,
    '-e',
    'end run',
    // What begins with a dash is text from here on.
    '--',
    title,
    folder,
    ...(saveAs === undefined ? [] : [saveAs]),
  ],
  wasCancelled: (code, complaint) => code === 1 && complaint.includes('-128'),
};

const notChosen = 3;
const powershellScript = `
[Console]::OutputEncoding = [System.Text.UTF8Encoding]::new($false)
Add-Type -AssemblyName System.Windows.Forms
if ($env:HAWSER_DIALOG_KIND -eq 'folder') {
  $dialog = New-Object System.Windows.Forms.FolderBrowserDialog
  $dialog.Description = $env:HAWSER_DIALOG_TITLE
  $dialog.SelectedPath = $env:HAWSER_DIALOG_FOLDER
  if ($dialog.ShowDialog() -ne 'OK') { exit ${notChosen} }
  [Console]::Out.Write($dialog.SelectedPath)
  exit 0
}
$dialog = New-Object "System.Windows.Forms.$(if ($env:HAWSER_DIALOG_SAVE) { 'Save' } else { 'Open' })FileDialog"
$dialog.Title = $env:HAWSER_DIALOG_TITLE
$dialog.InitialDirectory = $env:HAWSER_DIALOG_FOLDER
$dialog.Filter = $env:HAWSER_DIALOG_FILTER
$dialog.FileName = $env:HAWSER_DIALOG_SAVE
if ($dialog.ShowDialog() -ne 'OK') { exit ${notChosen} }
[Console]::Out.Write($dialog.FileName)
`;

const powershell: DialogProgram = {
  name: 'powershell.exe',
  args: () => [
    '-NoProfile',
    '-STA',
    '-EncodedCommand',
    Buffer.from(powershellScript, 'utf16le').toString('base64'),
  ],
  variables: ({ title, folder, kind, saveAs }) => ({
    HAWSER_DIALOG_KIND: kind,
    HAWSER_DIALOG_TITLE: title,
    HAWSER_DIALOG_SAVE: saveAs ?? '',
    HAWSER_DIALOG_FOLDER: folder,
    HAWSER_DIALOG_FILTER: filtersOf(kind)
      .map(({ label, patterns }) => `${label}|${patterns.join(';')}`)
      .join('|'),
  }),
  wasCancelled: (code) => code === notChosen,
};
