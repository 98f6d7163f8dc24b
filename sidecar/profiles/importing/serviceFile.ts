import { isKeyword, store, type Settings } from '../conninfo/settings.ts';

export interface ServiceSection {
  name: string;
  settings: Settings;
  /** Lines that libpq would not take; never with what stands in them. */
  warnings: string[];
}

/**
 * The sections of a `pg_service.conf` as libpq reads them: values are taken as they are, without quotes; of two settings
 * of a name, and of two sections of a name, the first counts.
 */
export function serviceSections(text: string, fileName: string): ServiceSection[] {
  const sections = new Map<string, ServiceSection>();
  let section: ServiceSection | undefined;
  text.split('\n').forEach((raw, index) => {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) return;
    const name = /^\[(.*)\]$/.exec(line)?.[1];
    if (name !== undefined) {
      section = { name, settings: new Map(), warnings: [] };
      if (!sections.has(name)) sections.set(name, section);
    } else if (section) takeLine(section, line, `line ${index + 1} of ${fileName}`, fileName);
  });
  return [...sections.values()];
}

function takeLine(
  { name, settings, warnings }: ServiceSection,
  line: string,
  place: string,
  fileName: string,
): void {
  const [, keyword = '', value] = /^(\w+)=(.*)$/.exec(line) ?? [];
  if (value === undefined || !isKeyword(keyword))
    return void warnings.push(
      line.startsWith('ldap')
        ? `Settings from a directory (${place}) are not read.`
        : `There is no setting in ${place}.`,
    );
  if (keyword.startsWith('service'))
    return void warnings.push(`A service within a service (${place}) is not read.`);
  if (!settings.has(keyword))
    store(settings, keyword, { value, source: `${keyword} in [${name}] of ${fileName}` });
}
