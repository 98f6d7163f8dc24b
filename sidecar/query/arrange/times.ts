const dayMicros = 86_400_000_000;
const dateForm =
  /^(\d{4,7})-(\d\d)-(\d\d)(?: (\d\d):(\d\d):(\d\d)(\.\d{1,6})?)?([+-]\d\d(?::\d\d){0,2})?( BC)?$/u;
const timeForm = /^(\d\d):(\d\d):(\d\d)(\.\d{1,6})?([+-]\d\d(?::\d\d){0,2})?$/u;

/** Days since 1970-01-01 in the proleptic Gregorian calendar, year 0 being 1 BC. */
function daysOf(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** `.25` as microseconds. */
const fractionOf = (text: string | undefined): number => (text ? Number(text.slice(1).padEnd(6, '0')) : 0);

const clockMicros = (hours: string, minutes: string, seconds: string, fraction?: string): number =>
  ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000_000 + fractionOf(fraction);

/** `+05:30` in seconds. */
function zoneSeconds(zone: string | undefined): number {
  if (!zone) return 0;
  const [hours = 0, minutes = 0, seconds = 0] = zone.slice(1).split(':').map(Number);
  const size = (hours * 60 + minutes) * 60 + seconds;
  return zone.startsWith('-') ? -size : size;
}

interface Moment {
  days: number;
  /** Within the day; the zone may take it out of it. */
  micros: number;
}

function momentOf(text: string): Moment | undefined {
  const found = dateForm.exec(text);
  if (!found) return undefined;
  const [, year, month, day, hours = '0', minutes = '0', seconds = '0', fraction, zone, bc] = found;
  const days = daysOf(bc ? 1 - Number(year) : Number(year), Number(month), Number(day));
  return { days, micros: clockMicros(hours, minutes, seconds, fraction) - zoneSeconds(zone) * 1_000_000 };
}

/** Dates and timestamps in the ISO form, as microseconds since 1970. Undefined: not of that form. */
export function timestampKey(text: string): number | undefined {
  if (text === 'infinity') return Infinity;
  if (text === '-infinity') return -Infinity;
  const moment = momentOf(text);
  return moment && moment.days * dayMicros + moment.micros;
}

/** The same without a limit, for the far future and past, where a double has no room for microseconds. */
export function compareTimestamps(a: string, b: string): number {
  const [left, right] = [exactMicros(a), exactMicros(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function exactMicros(text: string): bigint {
  const moment = momentOf(text);
  return moment ? BigInt(moment.days) * BigInt(dayMicros) + BigInt(moment.micros) : 0n;
}

/** A time of day, with a zone as the same moment in UTC; equal moments go by their zone, as in PostgreSQL. */
export function timeKey(text: string): number | undefined {
  const found = timeForm.exec(text);
  if (!found) return undefined;
  const [, hours = '0', minutes = '0', seconds = '0', fraction, zone] = found;
  const east = zoneSeconds(zone);
  const micros = clockMicros(hours, minutes, seconds, fraction) - east * 1_000_000;
  // Zones are within 16 hours: the zone fits behind the point of a double that counts tenths of microseconds.
  return zone === undefined ? micros : micros - east / 2 ** 17;
}

const intervalParts = /([+-]?\d+) (years?|mons?|days?)|([+-]?)(\d+):(\d\d):(\d\d)(\.\d{1,6})?/gu;
const intervalForm = /^(?:[+-]?\d+ (?:years?|mons?|days?) ?)*(?:[+-]?\d+:\d\d:\d\d(?:\.\d{1,6})?)?$/u;
const monthDays = 30;

/** An interval in the `postgres` form, compared as the server does: a month has 30 days, a day 24 hours. */
export function intervalKey(text: string): number | undefined {
  if (text === 'infinity') return Infinity;
  if (text === '-infinity') return -Infinity;
  if (text === '' || !intervalForm.test(text)) return undefined;
  let micros = 0;
  for (const [, count, unit, sign, hours = '0', minutes = '0', seconds = '0', fraction] of text.matchAll(
    intervalParts,
  )) {
    if (unit === undefined)
      micros += clockMicros(hours, minutes, seconds, fraction) * (sign === '-' ? -1 : 1);
    else micros += Number(count) * daysIn(unit) * dayMicros;
  }
  return micros;
}

function daysIn(unit: string): number {
  if (unit.startsWith('year')) return 12 * monthDays;
  return unit.startsWith('mon') ? monthDays : 1;
}
