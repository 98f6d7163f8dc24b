/** Red, green and blue from 0 to 255, and how much it covers from 0 to 1. */
export type Colour = readonly [red: number, green: number, blue: number, alpha: number];

/** What one sees where a colour lies over others, the nearest first. */
export function seen(colours: readonly Colour[]): Colour {
  const white: Colour = [255, 255, 255, 1];
  return colours.reduceRight((ground, top) => {
    const mix = (index: 0 | 1 | 2) => top[index] * top[3] + ground[index] * (1 - top[3]);
    return [mix(0), mix(1), mix(2), 1];
  }, white);
}

/** From 1 (the same) to 21 (black on white), as WCAG counts it. */
export function contrast(one: Colour, other: Colour): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: Colour): number {
  const [red = 0, green = 0, blue = 0] = colour.slice(0, 3).map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
