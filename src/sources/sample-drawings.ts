import type { Random } from '../base/random';
import type { Size } from '../core/image';

/** Fills a canvas of `size` with a picture that `random` decides. */
export type Drawing = (context: OffscreenCanvasRenderingContext2D, size: Size, random: Random) => void;

type Context = OffscreenCanvasRenderingContext2D;
type Colour = readonly [hue: number, saturation: number, lightness: number];

/** Ridges in haze under a low sun or moon. */
export const drawMountains: Drawing = (context, { width, height }, random) => {
  const { sky, glow, far, near } = pick(dusks, random);
  const horizon = height * random.between(0.5, 0.62);
  fillDown(context, { width, height }, [sky, glow], horizon * 1.1);

  const sunX = width * random.between(0.2, 0.8);
  const sunY = horizon * random.between(0.45, 0.85);
  const sunRadius = Math.min(width, height) * random.between(0.06, 0.11);
  disc(
    context,
    sunX,
    sunY,
    sunRadius * 6,
    radial(context, sunX, sunY, sunRadius * 6, [css(glow, 0.75), css(glow, 0)]),
  );
  disc(context, sunX, sunY, sunRadius, css([glow[0], glow[1], Math.min(96, glow[2] + 14)]));

  const ridges = 4 + Math.floor(random.next() * 2);
  for (let ridge = 0; ridge < ridges; ridge++) {
    const depth = ridge / (ridges - 1);
    const base = horizon + (height - horizon) * depth * 0.85;
    const tall = height * (0.16 - 0.05 * depth) * random.between(0.8, 1.3);
    const waves = [1, 2.3, 5.1, 11.7, 23].map((turns, octave) => ({
      turns: turns * random.between(0.8, 1.25) * (width / height),
      phase: random.between(0, 2 * Math.PI),
      weight: 0.55 ** octave,
    }));
    context.beginPath();
    context.moveTo(0, height);
    for (let x = 0; x <= width + 2; x += 2) {
      const rise = waves.reduce(
        (sum, { turns, phase, weight }) =>
          sum + weight * (1 - Math.abs(Math.sin((x / width) * turns * 1.6 + phase)) * 2),
        0,
      );
      context.lineTo(x, base - tall * rise * 0.6);
    }
    context.lineTo(width, height);
    context.closePath();
    const colour = mix(far, near, depth);
    const shade = context.createLinearGradient(0, base - tall, 0, base + height * 0.25);
    shade.addColorStop(0, css(colour));
    shade.addColorStop(1, css(mix(colour, glow, 0.45 * (1 - depth))));
    context.fillStyle = shade;
    context.fill();
  }
};

/** A banded planet, with a ring or a moon, before stars. */
export const drawPlanet: Drawing = (context, { width, height }, random) => {
  const hue = random.between(0, 360);
  const space = random.between(215, 285);
  fillDown(
    context,
    { width, height },
    [
      [space, 45, 9],
      [space + 30, 55, 17],
    ],
    height,
  );
  const side = Math.min(width, height);
  for (let cloud = 0; cloud < 3; cloud++) {
    const x = width * random.next();
    const y = height * random.next();
    const radius = side * random.between(0.35, 0.7);
    const colour: Colour = [space + random.between(-30, 70), 70, 45];
    disc(context, x, y, radius, radial(context, x, y, radius, [css(colour, 0.22), css(colour, 0)]));
  }
  for (let star = 0; star < 90; star++) {
    const bright = random.next() ** 3;
    disc(
      context,
      width * random.next(),
      height * random.next(),
      0.4 + 1.3 * bright,
      css([50, 60, 92], 0.35 + 0.65 * bright),
    );
  }

  const x = width * random.between(0.4, 0.6);
  const y = height * random.between(0.42, 0.58);
  const radius = side * random.between(0.2, 0.31);
  const tilt = random.between(-0.5, 0.5);
  const ringed = random.next() < 0.5;
  const ring = (from: number, to: number) => {
    for (const [scale, line, alpha] of [
      [1.5, 0.1, 0.75],
      [1.75, 0.16, 0.5],
      [2, 0.05, 0.35],
    ] as const) {
      context.beginPath();
      context.ellipse(x, y, radius * scale, radius * scale * 0.3, tilt, from, to);
      context.lineWidth = radius * line;
      context.strokeStyle = css([hue + 25, 45, 75], alpha);
      context.stroke();
    }
  };
  if (ringed) ring(Math.PI, 2 * Math.PI);
  context.save();
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.clip();
  context.translate(x, y);
  context.rotate(tilt);
  const bands = context.createLinearGradient(0, -radius, 0, radius);
  const count = 9 + Math.floor(random.next() * 5);
  for (let band = 0; band <= count; band++) {
    bands.addColorStop(
      band / count,
      css([hue + random.between(-18, 18), random.between(45, 75), random.between(48, 74)]),
    );
  }
  context.fillStyle = bands;
  context.fillRect(-radius, -radius, 2 * radius, 2 * radius);
  context.restore();
  const lit = context.createRadialGradient(
    x - radius * 0.45,
    y - radius * 0.45,
    radius * 0.1,
    x,
    y,
    radius * 1.02,
  );
  lit.addColorStop(0, 'rgb(255 255 255 / 0.35)');
  lit.addColorStop(0.45, 'rgb(0 0 0 / 0)');
  lit.addColorStop(1, css([space, 60, 5], 0.85));
  disc(context, x, y, radius * 1.005, lit);
  if (ringed) ring(0, Math.PI);
  else {
    const angle = random.between(0, 2 * Math.PI);
    const moonX = x + Math.cos(angle) * radius * 1.55;
    const moonY = y + Math.sin(angle) * radius * 1.3;
    const moon = radius * random.between(0.12, 0.2);
    const grey = [css([hue + 180, 15, 82]), css([hue + 180, 15, 28])];
    disc(
      context,
      moonX,
      moonY,
      moon,
      radial(context, moonX - moon * 0.4, moonY - moon * 0.4, moon * 1.5, grey),
    );
  }
};

/** One to three flowers before soft lights. */
export const drawBlossoms: Drawing = (context, { width, height }, random) => {
  const side = Math.min(width, height);
  const ground = random.between(80, 190);
  fillDown(
    context,
    { width, height },
    [
      [ground + 25, 48, 84],
      [ground, 42, 62],
    ],
    height,
  );
  for (let light = 0; light < 14; light++) {
    const x = width * random.next();
    const y = height * random.next();
    const radius = side * random.between(0.05, 0.18);
    const colour: Colour = [ground + random.between(-40, 50), 60, 88];
    disc(
      context,
      x,
      y,
      radius,
      radial(context, x, y, radius, [css(colour, 0.5), css(colour, 0.28), css(colour, 0)]),
    );
  }
  const count = 1 + Math.floor(random.next() * 3);
  const hue = pick([345, 20, 48, 280, 320, 215, 5], random);
  for (let flower = 0; flower < count; flower++) {
    const aside = (flower - (count - 1) / 2) * (count === 2 ? 0.44 : 0.36) + random.between(-0.05, 0.05);
    const x = width / 2 + side * aside; // near the middle, where a square crop keeps it
    const y = height * random.between(0.32, 0.58);
    const radius = side * random.between(0.24, 0.34) * (count === 1 ? 1.2 : count === 2 ? 0.95 : 0.8);
    stem(context, x, y, height, radius, random);
    bloom(context, x, y, radius, hue + random.between(-14, 14), random);
  }
};

function stem(context: Context, x: number, y: number, bottom: number, radius: number, random: Random): void {
  const bend = radius * random.between(-0.5, 0.5);
  const green = random.between(105, 140);
  context.beginPath();
  context.moveTo(x, y);
  context.quadraticCurveTo(x + bend, (y + bottom) / 2, x + bend * 0.4, bottom);
  context.lineWidth = radius * 0.09;
  context.strokeStyle = css([green, 42, 34]);
  context.stroke();
  for (const way of [-1, 1]) {
    const leafY = y + (bottom - y) * random.between(0.55, 0.8);
    context.beginPath();
    context.moveTo(x + bend * 0.6, leafY + radius * 0.25);
    context.quadraticCurveTo(
      x + way * radius * 0.5,
      leafY - radius * 0.5,
      x + way * radius,
      leafY - radius * 0.3,
    );
    context.quadraticCurveTo(
      x + way * radius * 0.6,
      leafY + radius * 0.35,
      x + bend * 0.6,
      leafY + radius * 0.25,
    );
    context.fillStyle = css([green + way * 6, 45, 38]);
    context.fill();
  }
}

function bloom(context: Context, x: number, y: number, radius: number, hue: number, random: Random): void {
  const petals = 5 + Math.floor(random.next() * 5);
  const turn = random.between(0, Math.PI);
  const wide = (Math.PI * radius * 0.46) / petals + radius * 0.06;
  for (const [scale, shift, light] of [
    [1, 0, 0],
    [0.72, 0.5, 7],
  ] as const) {
    for (let petal = 0; petal < petals; petal++) {
      context.save();
      context.translate(x, y);
      context.rotate(turn + ((petal + shift) * 2 * Math.PI) / petals);
      context.scale(scale, scale);
      const shade = context.createLinearGradient(0, 0, radius, 0);
      shade.addColorStop(0, css([hue - 12, 78, 46 + light]));
      shade.addColorStop(0.55, css([hue, 82, 66 + light]));
      shade.addColorStop(1, css([hue + 8, 88, 82 + light]));
      context.beginPath();
      context.ellipse(radius * 0.55, 0, radius * 0.5, wide, 0, 0, 2 * Math.PI);
      context.fillStyle = shade;
      context.fill();
      context.lineWidth = 1;
      context.strokeStyle = css([hue - 15, 60, 42], 0.25);
      context.stroke();
      context.restore();
    }
  }
  const heart = radius * 0.22;
  disc(context, x, y, heart, radial(context, x, y, heart, [css([42, 92, 62]), css([32, 85, 46])]));
  for (let seed = 0; seed < 26; seed++) {
    const angle = seed * 2.399963; // the golden angle, as sunflowers do it
    const away = heart * 0.9 * Math.sqrt(seed / 26);
    disc(context, x + Math.cos(angle) * away, y + Math.sin(angle) * away, radius * 0.017, css([26, 75, 28]));
  }
}

const dusks: readonly {
  readonly sky: Colour;
  readonly glow: Colour;
  readonly far: Colour;
  readonly near: Colour;
}[] = [
  { sky: [215, 60, 48], glow: [28, 92, 76], far: [222, 32, 60], near: [232, 42, 17] },
  { sky: [262, 46, 38], glow: [346, 82, 77], far: [280, 28, 56], near: [268, 46, 15] },
  { sky: [200, 66, 60], glow: [48, 82, 88], far: [190, 30, 64], near: [168, 44, 17] },
  { sky: [228, 62, 24], glow: [208, 55, 62], far: [220, 36, 44], near: [228, 52, 10] },
  { sky: [18, 72, 54], glow: [44, 96, 74], far: [12, 38, 54], near: [345, 46, 15] },
  { sky: [188, 46, 52], glow: [12, 78, 84], far: [200, 26, 60], near: [212, 46, 19] },
];

function pick<T>(choices: readonly T[], random: Random): T {
  return choices[Math.floor(random.next() * choices.length)];
}

function mix(from: Colour, to: Colour, share: number): Colour {
  const turn = ((to[0] - from[0] + 540) % 360) - 180; // the short way round the wheel
  return [from[0] + turn * share, from[1] + (to[1] - from[1]) * share, from[2] + (to[2] - from[2]) * share];
}

function css([hue, saturation, lightness]: Colour, alpha = 1): string {
  return `hsl(${hue.toFixed(1)} ${saturation.toFixed(1)}% ${lightness.toFixed(1)}% / ${alpha.toFixed(3)})`;
}

function fillDown(
  context: Context,
  { width, height }: Size,
  colours: readonly Colour[],
  until: number,
): void {
  const gradient = context.createLinearGradient(0, 0, 0, until);
  for (const [index, colour] of colours.entries())
    gradient.addColorStop(index / (colours.length - 1), css(colour));
  context.fillStyle = gradient;
  context.fillRect(0, 0, width, height);
}

function radial(
  context: Context,
  x: number,
  y: number,
  radius: number,
  stops: readonly string[],
): CanvasGradient {
  const gradient = context.createRadialGradient(x, y, 0, x, y, radius);
  for (const [index, stop] of stops.entries()) gradient.addColorStop(index / (stops.length - 1), stop);
  return gradient;
}

function disc(context: Context, x: number, y: number, radius: number, fill: string | CanvasGradient): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = fill;
  context.fill();
}
