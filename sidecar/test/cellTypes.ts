/** A type, what a usual value of row `n` is (`h` is a number made of it), and values that are often shown wrongly. */
type CellType = [type: string, usual: string, ...unusual: string[]];

/** A server that was built without xml cannot show any. */
const withoutXml: CellType[] = [
  ['boolean', 'h % 2 = 0'],
  ['smallint', 'h % 32768', '-32768', '32767'],
  ['integer', 'h', '-2147483648', '2147483647', '0'],
  ['bigint', 'h::bigint * 4294967296', '-9223372036854775808', '9223372036854775807', '9007199254740993'],
  [
    'numeric',
    'h / 7.0',
    'NaN',
    'Infinity',
    '-Infinity',
    '1e-30',
    '0.00',
    '123456789012345678901234567890.10',
  ],
  ['real', 'h / 3.0', 'NaN', '-Infinity', '1e-40', '0.1', '-0'],
  ['double precision', 'h / 3.0', 'NaN', 'Infinity', '5e-324', '0.30000000000000004', '1e22'],
  ['money', 'h / 100.0', '-92233720368547758.08', '0.005'],
  [
    'text',
    'md5(n::text)',
    '',
    ' ',
    'NULL',
    'null',
    '\\N',
    'a\tb',
    '"quoted"',
    'é😀\u200d\u0301',
    '\\x00',
    '(,)',
  ],
  ['varchar(40)', "'v' || h", '', '  two  '],
  ['char(12)', "'c' || n", '', ' x'],
  ['"char"', 'chr(97 + n % 26)', '', '\\'],
  ['bytea', "decode(md5(n::text), 'hex')", '', '\\x00ff', '\\\\x41'],
  [
    'date',
    "date '2000-01-01' + h % 10000",
    '0044-03-15 BC',
    'infinity',
    '-infinity',
    '9999-12-31',
    '5874897-12-31',
  ],
  ['time', "time '00:00' + h * interval '1 ms'", '24:00:00', '00:00:00.000001'],
  ['timetz', "timetz '12:00+00' + h * interval '1 s'", '23:59:59.999999+15:59', '00:00-12'],
  [
    'timestamp',
    "timestamp '1970-01-01' + h * interval '1 s'",
    '4713-01-01 00:00:00 BC',
    'infinity',
    '1582-10-10 12:00',
  ],
  [
    'timestamptz',
    "timestamptz '1970-01-01' + h * interval '1 s'",
    '0001-12-31 23:59:59 BC',
    '-infinity',
    '1890-01-01 00:00+00',
  ],
  [
    'interval',
    "h * interval '1 s'",
    '-1 year 2 mons -3 days 04:05:06.789',
    '0',
    '1 day -1 s',
    '178000000 years',
  ],
  ['uuid', 'md5(n::text)', '00000000-0000-0000-0000-000000000000'],
  ['json', "json_build_object('n', n, 'h', h)", '{"a" :  1, "a":2}', 'null', '"\\u00e9\\n"', '1.0'],
  ['jsonb', 'jsonb_build_array(n, h, null)', '{"b": 1, "a": {"c": []}}', 'null', '12345678901234567890.5'],
  ['inet', "'10.0.0.0'::inet + h", '::1', '192.168.1.5/24', '::ffff:1.2.3.4/128'],
  ['cidr', "set_masklen('10.0.0.0'::cidr, n % 25 + 8)", '2001:db8::/32'],
  ['macaddr', "'08:00:2b:00:00:00'", '08-00-2b-01-02-03'],
  ['bit(5)', '(n % 32)::bit(5)', '00000'],
  ['varbit', 'h::bit(32)', '', '101'],
  ['int4range', 'int4range(n, n + h % 100 + 1)', 'empty', '(,)', '[5,5]', '(,3]'],
  ['tstzrange', 'tstzrange(to_timestamp(n), to_timestamp(n + h % 1000 + 1))', 'empty', '[infinity,)'],
  ['int4multirange', 'int4multirange(int4range(n, n + 1), int4range(n + 5, n + 9))', '{}'],
  ['integer[]', 'array[n, null, h]', '{}', '{{1,2},{3,NULL}}', '[0:1]={1,2}'],
  ['text[]', "array['a', h::text]", '{"",NULL,"NULL"}', '{"a,b","{c}","d\\"e","f\\\\g"," "}'],
  ['sample_pair', "row(n, 'x' || h)", '(,)', '(1,"")', '(-1,"a ""b"", \\\\c")'],
  ['sample_mood', "(array['sad', 'so so', ''])[1 + n % 3]"],
  ['point', 'point(n, h)', '(0.1,-0)', '(Infinity,NaN)'],
  ['polygon', 'polygon(box(point(0, 0), point(n, h)))'],
  ['tsvector', "to_tsvector('simple', 'some words ' || n)", '', "'it''s':1A 'b\\\\c'"],
  ['pg_lsn', "'0/0'::pg_lsn + h", 'FFFFFFFF/FFFFFFFF'],
  ['oid', 'h', '4294967295'],
];

const xml: CellType = ['xml', "'<a n=\"' || n || '\"/>'", '', '<?xml version="1.0"?><b>é</b>', 'text only'];

export interface CellTable {
  /** Makes the types and the table; an SQL text of several statements. */
  create: string;
  columns: string[];
}

/** A table with a column for each type, rows numbered from 1, of which every fifth cell is unusual and every eleventh NULL. */
export function cellTable(name: string, rows: number, hasXml: boolean): CellTable {
  const types = hasXml ? [...withoutXml, xml] : withoutXml;
  const columns = types.map((_, index) => `c${index}`);
  const cells = types.map((type, index) => `(${cell(type, index)})::text::${type[0]} as c${index}`);
  return {
    columns,
    create: `create type sample_pair as (a int, b text);
      create type sample_mood as enum ('sad', 'so so', '');
      create unlogged table ${name} as select n, ${cells.join(',\n')}
      from (select n, abs(hashint4(n) % 1000000) as h from generate_series(1, ${rows}) n) numbers`,
  };
}

function cell([, usual, ...unusual]: CellType, index: number): string {
  const literals = unusual.map((text) => `'${text.replaceAll("'", "''")}'`).join(', ');
  const place = `n + ${index}`;
  const other =
    unusual.length === 0
      ? ''
      : `when (${place}) % 5 = 0 then
    (array[${literals}])[1 + ((${place}) / 5) % ${unusual.length}]`;
  return `case when (${place}) % 11 = 0 then null ${other} else (${usual})::text end`;
}

/** In these two sessions the same values are shown in other forms. */
export const sessionsOfForms = [
  '',
  `set datestyle = 'SQL, DMY'; set intervalstyle = 'iso_8601'; set bytea_output = 'escape';
   set timezone = 'Asia/Kathmandu'; set extra_float_digits = 0; set xmloption = content;`,
];
