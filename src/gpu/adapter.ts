/** What is known of the machine's WebGPU adapter. */
export interface AdapterFacts {
  /** As the browser names it, for people. */
  readonly name: string;
  /** True when it is a program on the CPU, 25 to 70 times slower than plain code there. */
  readonly software: boolean;
}

/** The properties of `adapter.info` that are read, some of them newer than the types. */
interface Info {
  readonly vendor?: string;
  readonly architecture?: string;
  readonly device?: string;
  readonly description?: string;
  readonly isFallbackAdapter?: boolean;
}

/** An adapter with what the types do not know of yet, or not any more. */
type Adapter = GPUAdapter & { readonly info?: Info; readonly isFallbackAdapter?: boolean };

let asked: Promise<AdapterFacts | null> | null = null;

/** Asks for the WebGPU adapter, once a thread; null when there is none. */
export function askAdapter(): Promise<AdapterFacts | null> {
  asked ??= requestAdapter().then((adapter) => adapter && factsOf(adapter));
  return asked;
}

/** Gets the adapter itself; null when there is none. */
export async function requestAdapter(): Promise<GPUAdapter | null> {
  // Missing outside secure contexts and where the browser has no WebGPU, whatever the types say.
  const gpu: GPU | undefined = navigator.gpu;
  return (await gpu?.requestAdapter({ powerPreference: 'high-performance' }).catch(() => null)) ?? null;
}

/** Says what an adapter is. */
export function factsOf(adapter: GPUAdapter): AdapterFacts {
  const { info, isFallbackAdapter } = adapter as Adapter;
  const { vendor = '', architecture = '', device = '', description = '' } = info ?? {};
  const all = [vendor, architecture, device, description].join(' ');
  const software = /swiftshader|llvmpipe|lavapipe|softpipe|warp|basic render/i;
  return {
    name:
      description || [vendor, architecture || device].filter((part) => part !== '').join(' ') || 'unnamed',
    software: info?.isFallbackAdapter === true || isFallbackAdapter === true || software.test(all),
  };
}
