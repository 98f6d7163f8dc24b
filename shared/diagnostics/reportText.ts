import type { ReportLine } from './methods.ts';

/** A report as a text, with the name of each section before its lines: for both ends, as it is shown and written. */
export function reportText(lines: readonly ReportLine[]): string {
  let section: string | undefined;
  const texts = lines.flatMap((line) => {
    if (line.section === section) return [line.text];
    const isFirst = section === undefined;
    section = line.section;
    return [...(isFirst ? [] : ['']), `# ${section}`, line.text];
  });
  return `${texts.join('\n')}\n`;
}
