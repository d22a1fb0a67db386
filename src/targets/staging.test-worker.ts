import type { TargetFolder } from '../core/plugin';
import { zip } from './zip';

/** What the test asks of the worker, one at a time: sync access handles exist in workers only. */
export type StagingStep =
  | { readonly do: 'open'; readonly runId: string }
  | { readonly do: 'put'; readonly path: string; readonly bytes: Uint8Array; readonly patch?: Uint8Array }
  | { readonly do: 'abandon'; readonly path: string; readonly bytes: Uint8Array; readonly discard: boolean };

let folder: TargetFolder;

async function take(step: StagingStep): Promise<unknown> {
  switch (step.do) {
    case 'open':
      folder = await zip.open({}, {}, step.runId);
      return null;
    case 'put': {
      const file = await folder.create(step.path);
      await file.write(step.bytes);
      if (step.patch !== undefined) await file.patch(0, step.patch);
      return file.close();
    }
    case 'abandon': {
      const file = await folder.create(step.path);
      await file.write(step.bytes);
      if (step.discard) await file.discard();
      return null;
    }
  }
}

self.onmessage = async ({ data }: MessageEvent<StagingStep>) => {
  try {
    self.postMessage({ ok: true, value: await take(data) });
  } catch (error) {
    const { name, message, code } = error as { name?: string; message?: string; code?: string };
    self.postMessage({ ok: false, value: { name, message, code } });
  }
};
