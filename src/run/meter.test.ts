import { expect, it } from 'vitest';
import { createMeter, emptyTally, sumTallies } from './meter';

it('leaves pauses out of time, rate and throughput', () => {
  let now = 0;
  const meter = createMeter(() => now);
  for (; now < 4000; now += 100) meter.finish(5);
  meter.pause();
  now += 60_000;
  meter.resume();
  for (const end = now + 4000; now < end; now += 100) meter.finish(5);
  expect(meter.elapsedSeconds()).toBeCloseTo(8);
  expect(meter.rate()).toBeGreaterThan(45);
  expect(meter.rate()).toBeLessThan(55);
  for (const rate of meter.throughput()) expect(rate).toBeGreaterThan(35);
});

it('keeps its chart bounded however long a run is, and every image in it', () => {
  let now = 0;
  const meter = createMeter(() => now);
  for (; now < 3_600_000; now += 1000) meter.finish();
  const throughput = meter.throughput();
  expect(throughput.length).toBeLessThanOrEqual(120);
  expect(throughput.reduce((sum, rate) => sum + rate, 0) / throughput.length).toBeCloseTo(1, 1);
});

it('adds tallies up', () => {
  const one = {
    ...emptyTally(),
    images: 2,
    rows: 4,
    balance: { train: [4, 0] },
    privacy: { gps: 2, serial: 1, owner: 0, faces: 0 },
  };
  const failure = { key: 'a', stage: 'decode', code: 'empty', message: 'm' } as const;
  const two = {
    ...emptyTally(),
    images: 1,
    rows: 1,
    balance: { train: [0, 0], test: [0, 1] },
    privacy: { gps: 1, serial: 0, owner: 0, faces: 1 },
    failures: [failure],
  };
  expect(sumTallies([one, two])).toMatchObject({
    images: 3,
    rows: 5,
    privacy: { gps: 3, serial: 1, owner: 0, faces: 1 },
    balance: { train: [4, 0], test: [0, 1] },
    failures: [failure],
  });
});
