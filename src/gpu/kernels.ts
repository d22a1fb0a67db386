import type { ShaderFunction } from '../core/gpu';
import { acrossKernel } from './across';
import { countKernel, tableKernel } from './count';
import { betweenKernel, drawKernel, knownSteps, type Reader } from './draw';

/** Compiled kernels, each made when it is first needed. All have one layout of bindings. */
export interface Kernels {
  readonly layout: GPUBindGroupLayout;
  across(): GPUComputePipeline;
  count(): GPUComputePipeline;
  table(shader: ShaderFunction): GPUComputePipeline;
  between(shader: ShaderFunction): GPUComputePipeline;
  /** Holds every function that {@link Kernels.stepOf} was asked for so far. */
  draw(reader: Reader): GPUComputePipeline;
  /** The number by which kernels made from now on know a function of a pixel. */
  stepOf(shader: ShaderFunction): number;
}

/** Makes the {@link Kernels} of a device. */
export function createKernels(device: GPUDevice): Kernels {
  const buffer = (binding: number, type: GPUBufferBindingType): GPUBindGroupLayoutEntry => ({
    binding,
    visibility: GPUShaderStage.COMPUTE,
    buffer: { type, hasDynamicOffset: type === 'uniform' },
  });
  const layout = device.createBindGroupLayout({
    entries: [
      buffer(0, 'read-only-storage'),
      buffer(1, 'storage'),
      buffer(2, 'read-only-storage'),
      buffer(3, 'read-only-storage'),
      buffer(4, 'uniform'),
    ],
  });
  const pipelineLayout = device.createPipelineLayout({ bindGroupLayouts: [layout] });
  const compiled = new Map<string, GPUComputePipeline>();
  const functions = new Map<string, ShaderFunction>();
  /** `name` stands for the text: the same name never has another. */
  const kernel = (name: string, text: () => string) => {
    const known = compiled.get(name);
    if (known !== undefined) return known;
    const module = device.createShaderModule({ label: name, code: text() });
    const made = device.createComputePipeline({
      label: name,
      layout: pipelineLayout,
      compute: { module, entryPoint: 'main' },
    });
    compiled.set(name, made);
    return made;
  };
  return {
    layout,
    across: () => kernel('across', () => acrossKernel),
    count: () => kernel('count', () => countKernel),
    table: (shader) => kernel(`table ${shader.name}`, () => tableKernel(shader)),
    between: (shader) => kernel(`between ${shader.name}`, () => betweenKernel(shader)),
    // Functions are only ever added, at the end, so their number names the set.
    draw: (reader) =>
      kernel(`draw ${reader.name} ${functions.size}`, () => drawKernel(reader, [...functions.values()])),
    stepOf(shader) {
      functions.set(shader.name, functions.get(shader.name) ?? shader);
      return knownSteps.first + [...functions.keys()].indexOf(shader.name);
    },
  };
}
