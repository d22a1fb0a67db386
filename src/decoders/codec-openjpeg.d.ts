// The package has no types of its own.
interface OpenJpeg {
  readonly HEAPU8: Uint8Array;
  readonly HEAPU32: Uint32Array;
  readonly J2KDecoder: new () => J2KDecoder;
}

interface J2KDecoder {
  /** A view of the module's memory to put the file in. */
  getEncodedBuffer(length: number): Uint8Array;
  /** Throws the address of a C++ exception. */
  decode(): void;
  /** Decodes at 1/2^level; layer 0 means all. */
  decodeSubResolution(level: number, layer: number): void;
  /** Its size is that of the whole picture. */
  getFrameInfo(): {
    readonly width: number;
    readonly height: number;
    readonly bitsPerSample: number;
    readonly componentCount: number;
    readonly isSigned: boolean;
  };
  /** Interleaved samples of one byte, or of two where there are more than eight bits; a view. */
  getDecodedBuffer(): Uint8Array;
  calculateSizeAtDecompositionLevel(level: number): { readonly width: number; readonly height: number };
  delete(): void;
}

declare module '@cornerstonejs/codec-openjpeg/decodewasmjs' {
  function createModule(options: {
    readonly wasmBinary: ArrayBuffer;
    print(text: string): void;
    printErr(text: string): void;
  }): Promise<OpenJpeg>;
  export = createModule;
}
