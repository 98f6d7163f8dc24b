import { describe, expect, it } from 'vitest';
import tokens from './tokens.css?raw';

type Theme = 'light' | 'dark';

const colours = new Map(
  [...tokens.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(
    ([, name = '', light = '', dark = '']) => [name, { light, dark }],
  ),
);

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string, theme: Theme): number {
  const colour = (name: string) => {
    const found = colours.get(name);
    if (!found) throw new Error(`There is no token ${name}`);
    return luminance(found[theme]);
  };
  const [dark = 0, light = 0] = [colour(one), colour(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const grounds = ['ground-0', 'ground-1', 'ground-2', 'ground-3'];
const texts = [
  ...['text-strong', 'text'].flatMap((text) => [...grounds, 'accent-soft'].map((ground) => [text, ground])),
  ...['ground-0', 'ground-1', 'ground-2'].map((ground) => ['text-muted', ground]),
  ...['ok', 'warning', 'danger', 'info'].flatMap((word) =>
    ['ground-0', 'ground-1'].map((ground) => [word, ground]),
  ),
  // Green on its own soft ground is for marks only; words there are written in `text-strong`.
  ...['warning', 'danger', 'info'].map((word) => [word, `${word}-soft`]),
  ...['ok', 'warning', 'danger', 'info'].map((word) => ['text-strong', `${word}-soft`]),
  ['accent', 'ground-0'],
  ['on-accent', 'accent'],
  ['on-danger', 'danger'],
];
const marks = [
  ...['ok', 'warning', 'danger', 'info', 'accent'].flatMap((mark) =>
    [...grounds, 'accent-soft'].map((ground) => [mark, ground]),
  ),
  ...['ground-0', 'ground-1', 'ground-2', 'accent-soft'].map((ground) => ['focus', ground]),
  ['ok', 'ok-soft'],
  ...['ground-0', 'ground-1', 'ground-2', 'accent-soft'].map((ground) => ['text-faint', ground]),
];

describe.each(['light', 'dark'] as const)('the %s colours', (theme) => {
  it.each(texts)('write %s on %s with 4.5 : 1', (text = '', ground = '') => {
    expect(contrast(text, ground, theme)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(marks)('draw %s on %s with 3 : 1', (mark = '', ground = '') => {
    expect(contrast(mark, ground, theme)).toBeGreaterThanOrEqual(3);
  });
});
