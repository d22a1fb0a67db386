import type { Pass, ShaderFunction } from '../core/gpu';

/**
 * The pass that adds whole numbers to a picture's values, which are cut to 0 to 255: random ones come one after the other, so they
 * are drawn here and carried over. `changes` holds them in the order of an 8-bit picture's values.
 */
export function changePass(changes: ArrayLike<number>, width: number, channels: 1 | 3): Pass {
  const clipped = (i: number) => Math.min(255, Math.max(-255, changes[i])) + 255;
  const data = Uint32Array.from({ length: changes.length / channels }, (_, i) => {
    const at = i * channels;
    const [red, green, blue] = channels === 1 ? [at, at, at] : [at, at + 1, at + 2];
    return clipped(red) | (clipped(green) << 10) | (clipped(blue) << 20);
  });
  return { kind: 'colour', shader: changeShader, numbers: [width], data };
}

const changeShader: ShaderFunction = {
  name: 'changed',
  wgsl: /* wgsl */ `
fn changed(colour: vec3i, at: vec2i, n: u32, data: u32) -> vec3i {
  let change = vec3i((vec3u(words[data + u32(at.y * whole(n) + at.x)]) >> vec3u(0u, 10u, 20u)) & vec3u(1023u));
  return clamp(colour + change - vec3i(255), vec3i(0), vec3i(255));
}`,
};
