import type { Described, OpenRpc } from './openrpc.ts';
import { escaped, typeText } from './typeText.ts';

const style = `
:root { color-scheme: light dark; --line: light-dark(#dde1e5, #2a3138); --soft: light-dark(#f7f8f9, #1a1f24);
  --muted: light-dark(#626c75, #93a0aa); --accent: light-dark(#0b6e6a, #4fc4bd); }
* { box-sizing: border-box; }
body { display: grid; grid-template-columns: 260px minmax(0, 1fr); height: 100vh; margin: 0;
  background: light-dark(#fff, #14181c); color: light-dark(#2b3238, #d3dae0); font: 14px/21px system-ui, sans-serif; }
nav { padding: 16px; overflow-y: auto; border-right: 1px solid var(--line); background: var(--soft); font-size: 13px; }
nav h2 { margin: 14px 0 4px; color: var(--muted); font-size: 12px; }
nav a { display: block; overflow: hidden; color: inherit; text-decoration: none; text-overflow: ellipsis; }
nav a:hover, main a { color: var(--accent); }
main { padding: 24px 32px 80px; overflow-y: auto; }
main > * { max-width: 900px; }
h1 { font-size: 24px; } h2 { margin-top: 40px; font-size: 19px; }
h3 { margin: 28px 0 4px; font: 600 15px/22px ui-monospace, monospace; }
h4 { margin: 10px 0 2px; color: var(--muted); font-size: 12px; }
p { margin: 4px 0; }
pre { margin: 2px 0; padding: 10px 12px; overflow-x: auto; border: 1px solid var(--line); border-radius: 6px;
  background: var(--soft); font: 12.5px/19px ui-monospace, monospace; white-space: pre-wrap; }
pre i, small { color: var(--muted); font-style: normal; font-size: inherit; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: 5px 10px 5px 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { color: var(--muted); font-size: 12px; }
code { font: 12.5px ui-monospace, monospace; }
@media (width < 760px) { body { display: block; } nav { display: none; } }
`;

/** The contract to be read: one page that needs nothing else. */
export function writePage(contract: OpenRpc): string {
  const { info, methods, components } = contract;
  const told = contract['x-notifications'];
  const schemas = Object.entries(components.schemas).sort(([one], [other]) => one.localeCompare(other));
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${info.title} ${info.version}: the contract</title>
<style>${style}</style>
<nav aria-label="Contents">
<h2>About</h2>${linksTo(['about', 'errors', 'settings'])}
<h2>Methods</h2>${linksTo(methods.map(({ name }) => name))}
<h2>Notifications</h2>${linksTo(told.map(({ name }) => name))}
<h2>Schemas</h2>${linksTo(
    schemas.map(([name]) => name),
    'schema-',
  )}
</nav>
<main>
<h1 id="about">${info.title} ${info.version}: the contract</h1>
<p>${prose(info.description)}</p>
<h2>Methods</h2>
${methods.map((each) => `${head(each)}${params(each)}<h4>Result</h4><pre>${typeText(each.result.schema)}</pre>`).join('\n')}
<h2>Notifications</h2>
${told.map((each) => `${head(each)}${params(each)}`).join('\n')}
${tables(contract)}
<h2>Schemas</h2>
<p>What ends in <code>Input</code> may be sent: fields with a default can be left out.</p>
${schemas.map(([name, { description = '', ...schema }]) => `<h3 id="schema-${name}">${name}</h3><p>${prose(description)}</p><pre>${typeText(schema)}</pre>`).join('\n')}
</main>
</html>
`;
}

const tables = (contract: OpenRpc): string => `<h2 id="errors">Errors</h2>
<p>An error’s <code>data</code>:</p><pre>${typeText(contract['x-error-data'])}</pre>
${table(
  ['Code', 'What happened', 'What to do'],
  contract['x-errors'].map(({ code, title, whatToDo }) => [
    `<code>${code}</code>`,
    escaped(title),
    escaped(whatToDo),
  ]),
)}
<h2 id="settings">Settings</h2>
${table(
  ['Name', 'What it is', 'Type', 'Default'],
  contract['x-settings'].map((each) => [
    `<code>${each.name}</code>`,
    `${escaped(each.title)}. ${escaped(each.description)}`,
    `<code>${typeText(each.schema)}</code>`,
    each.default === null ? '' : `<code>${escaped(JSON.stringify(each.default))}</code>`,
  ]),
)}`;

const prose = (text: string): string => escaped(text).replace(/`([^`]+)`/g, '<code>$1</code>');

const linksTo = (names: readonly string[], prefix = ''): string =>
  names.map((name) => `<a href="#${prefix}${name}">${name}</a>`).join('');

const head = ({ name, description }: Described): string =>
  `<h3 id="${name}">${name}</h3><p>${prose(description)}</p>`;

const params = ({ params: fields }: Described): string =>
  fields.length === 0
    ? '<h4>No params</h4>'
    : `<h4>Params</h4><pre>${typeText({
        type: 'object',
        properties: Object.fromEntries(
          fields.map(({ name, schema, description }) => [
            name,
            { ...schema, ...(description !== undefined && { description }) },
          ]),
        ),
        required: fields.filter(({ required }) => required).map(({ name }) => name),
      })}</pre>`;

const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  `<table><tr>${heads.map((each) => `<th>${each}</th>`).join('')}</tr>${rows
    .map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join('')}</tr>`)
    .join('')}</table>`;
