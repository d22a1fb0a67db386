import type { ImageRef } from "../core/image";

/** What a source gave: every image, the sidecar tables, and counts of what was left out. */
export interface Listing {
	/** In code-point order of the keys. */
	readonly images: readonly ImageRef[];
	readonly tables: readonly { readonly key: string; readonly file: File }[];
	readonly hidden: number;
	readonly notAnImage: number;
}
