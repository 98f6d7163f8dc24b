import { describe, expect, it } from 'vitest';
import { dataFolderInUse, LastWords, redact } from './lastWords.ts';

describe('the last words of the sidecar', () => {
  it('are its last 200 lines, whole ones, however they came', () => {
    const words = new LastWords();
    for (let line = 1; line <= 300; line++) {
      words.push(`line ${line}`.slice(0, 3));
      words.push(`${`line ${line}`.slice(3)}\n`);
    }
    expect(words.lines).toHaveLength(200);
    expect(words.lines[0]).toBe('line 101');
    expect(words.report(2)).toBe('line 299\nline 300');
  });

  it('stay bounded for one who never ends a line', () => {
    const words = new LastWords();
    for (let part = 0; part < 1000; part++) words.push('x'.repeat(1000));
    expect(words.lines.join('').length).toBeLessThan(10_000);
  });

  it.each([
    ['postgres://ada:hunter2@db.example/shop', 'postgres://ada:***@db.example/shop'],
    ['to postgresql://ada:p@ss/w:rd@db/shop failed', 'to postgresql://ada:***@db/shop failed'],
    ['{"password":"hunter\\"2","user":"ada"}', '{"password":***,"user":"ada"}'],
    ["host=db password='hunter 2' user=ada", 'host=db password=*** user=ada'],
    ['PGPASSWORD=hunter2 psql', 'PGPASSWORD=*** psql'],
    ['{"passphrase": "x y", "sshPassword": "z"}', '{"passphrase": ***, "sshPassword": ***}'],
    ['\u001b]0;title\u0007plain\ttext\r', ']0;titleplain\ttext'],
    ['connect ECONNREFUSED 127.0.0.1:5432', 'connect ECONNREFUSED 127.0.0.1:5432'],
  ])('are shown without secrets: %s', (line, shown) => {
    expect(redact(line)).toBe(shown);
  });
});

describe('a data folder that is in use', () => {
  const refusal = '{"level":50,"code":"DATA_FOLDER_IN_USE","message":"Another Hawser (pid 4711) uses it."}\n';
  const words = (text: string): LastWords => {
    const made = new LastWords();
    made.push(text);
    return made;
  };

  it('is told by exit code 3 and the line that says so', () => {
    expect(dataFolderInUse(3, words(`started\n${refusal}`))).toBe('Another Hawser (pid 4711) uses it.');
  });

  it('is not seen in any other end', () => {
    expect(dataFolderInUse(1, words(refusal))).toBeUndefined();
    expect(dataFolderInUse(null, words(refusal))).toBeUndefined();
    expect(dataFolderInUse(3, words('{"code":"INTERNAL"}\nnot json\nnull\n'))).toBeUndefined();
  });
});
