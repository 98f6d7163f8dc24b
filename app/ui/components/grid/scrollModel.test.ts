import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  barHeight,
  barToOffset,
  clampOffset,
  defaultMaxBarHeight,
  isScaled,
  maxBar,
  maxOffset,
  offsetToBar,
  pageRows,
  revealRow,
  rowAt,
  rowOfSlot,
  visibleRows,
  wheelOffset,
  type ScrollGeometry,
} from './scrollModel.ts';

const tenMillion: ScrollGeometry = {
  rowCount: 10_000_000,
  rowHeight: 24,
  viewportHeight: 480,
  maxBarHeight: defaultMaxBarHeight,
};

const geometries = fc.record({
  rowCount: fc.integer({ min: 1, max: 100_000_000 }),
  rowHeight: fc.integer({ min: 16, max: 40 }),
  viewportHeight: fc.integer({ min: 40, max: 4_000 }),
  maxBarHeight: fc.constantFrom(10_000, 1_000_000, defaultMaxBarHeight),
});

const withRow = geometries.chain((geometry) =>
  fc.record({
    geometry: fc.constant(geometry),
    row: fc.integer({ min: 0, max: geometry.rowCount - 1 }),
    from: fc.double({ min: 0, max: maxOffset(geometry), noNaN: true }),
  }),
);

describe('the scroll model', () => {
  it('brings every row into view from wherever it stands', () => {
    fc.assert(
      fc.property(withRow, ({ geometry, row, from }) => {
        const offset = revealRow(geometry, from, row);
        const { first, end } = visibleRows(geometry, offset);
        expect(row).toBeGreaterThanOrEqual(first);
        expect(row).toBeLessThan(end);
      }),
    );
  });

  it('never makes the content of the bar taller than the limit', () => {
    fc.assert(
      fc.property(geometries, (geometry) => {
        expect(barHeight(geometry)).toBeLessThanOrEqual(
          Math.max(geometry.maxBarHeight, geometry.viewportHeight),
        );
      }),
    );
  });

  it('maps the bar monotonously and meets both ends exactly', () => {
    const pairs = geometries.chain((geometry) =>
      fc.tuple(
        fc.constant(geometry),
        fc.double({ min: 0, max: maxBar(geometry), noNaN: true }),
        fc.double({ min: 0, max: maxBar(geometry), noNaN: true }),
      ),
    );
    fc.assert(
      fc.property(pairs, ([geometry, one, other]) => {
        const low = barToOffset(geometry, Math.min(one, other));
        const high = barToOffset(geometry, Math.max(one, other));
        expect(low).toBeLessThanOrEqual(high);
        expect(barToOffset(geometry, 0)).toBe(0);
        expect(barToOffset(geometry, maxBar(geometry))).toBe(maxOffset(geometry));
        // A browser that rounds the position down still reaches the last row.
        expect(barToOffset(geometry, Math.floor(maxBar(geometry)))).toBeGreaterThanOrEqual(
          maxOffset(geometry) - 1,
        );
      }),
    );
  });

  it('finds its way back from the bar to within a pixel of the bar', () => {
    fc.assert(
      fc.property(withRow, ({ geometry, from }) => {
        const back = barToOffset(geometry, offsetToBar(geometry, from));
        expect(Math.abs(offsetToBar(geometry, back) - offsetToBar(geometry, from))).toBeLessThanOrEqual(1.01);
      }),
    );
  });

  it('shows the same rows after a wheel walk there and back, however large the result', () => {
    const walks = geometries.chain((geometry) =>
      fc.record({
        geometry: fc.constant(geometry),
        start: fc.integer({ min: 0, max: Math.floor(maxOffset(geometry) / 2) }),
        steps: fc.array(fc.integer({ min: 1, max: 480 }), { maxLength: 200 }),
      }),
    );
    fc.assert(
      fc.property(walks, ({ geometry, start, steps }) => {
        const room = maxOffset(geometry) - start;
        const taken = steps.filter(
          (_, place) => steps.slice(0, place + 1).reduce((a, b) => a + b, 0) <= room,
        );
        let offset = start;
        for (const step of taken) offset = wheelOffset(geometry, offset, step, 'pixel');
        expect(offset).toBe(start + taken.reduce((a, b) => a + b, 0));
        for (const step of taken) offset = wheelOffset(geometry, offset, -step, 'pixel');
        expect(offset).toBe(start);
      }),
    );
  });

  it('moves by exactly one row for one line of the wheel in ten million rows', () => {
    expect(isScaled(tenMillion)).toBe(true);
    let offset = 5_000_000 * 24;
    for (let turn = 1; turn <= 1_000; turn += 1) {
      offset = wheelOffset(tenMillion, offset, 1, 'line');
      expect(visibleRows(tenMillion, offset).first).toBe(5_000_000 + turn);
    }
  });

  it('reaches the last of ten million rows by the bar, by the wheel and by the keyboard', () => {
    const last = (offset: number): number => visibleRows(tenMillion, offset).end;
    expect(last(barToOffset(tenMillion, maxBar(tenMillion)))).toBe(10_000_000);
    expect(last(wheelOffset(tenMillion, maxOffset(tenMillion) - 10, 100, 'pixel'))).toBe(10_000_000);
    expect(last(revealRow(tenMillion, 0, 9_999_999))).toBe(10_000_000);
    expect(wheelOffset(tenMillion, 0, -100, 'page')).toBe(0);
  });

  it('names the row under the pointer, and none below the last', () => {
    const few = { ...tenMillion, rowCount: 3 };
    expect(rowAt(few, 0, 0)).toBe(0);
    expect(rowAt(few, 0, 71)).toBe(2);
    expect(rowAt(few, 0, 72)).toBeUndefined();
    expect(rowAt(tenMillion, 24 * 7 + 23, 1)).toBe(8);
  });

  it('gives each row in view a slot of its own and leaves it there while it is in view', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 10_000_000 }),
        fc.integer({ min: 1, max: 80 }),
        fc.integer({ min: 0, max: 79 }),
        (first, poolSize, by) => {
          const before = Array.from({ length: poolSize }, (_, slot) => rowOfSlot(slot, first, poolSize));
          expect([...before].sort((a, b) => a - b)).toEqual(before.map((_, place) => first + place));
          const after = Array.from({ length: poolSize }, (_, slot) => rowOfSlot(slot, first + by, poolSize));
          after.forEach((row, slot) => {
            if (row < first + poolSize) expect(before[slot]).toBe(row);
          });
        },
      ),
    );
  });

  it('keeps an offset within the rows there are when their number shrinks', () => {
    expect(clampOffset({ ...tenMillion, rowCount: 5 }, 1_000)).toBe(0);
    expect(pageRows(tenMillion)).toBe(19);
    expect(pageRows({ ...tenMillion, viewportHeight: 10 })).toBe(1);
  });
});
