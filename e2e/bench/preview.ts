import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Page, chromium as playwright } from '@playwright/test';
import sharp from 'sharp';
import { createSite, listen } from '../../src/cli/site';
import { less, median, type Row } from './row';
import type { Bench } from './speed';

/** Turns of each knob; the middle one counts. */
const turns = 9;

/** Measures how long the preview of a 12-megapixel photograph takes to follow a knob, from the event to the frame that shows it. */
export async function measurePreview(
  photograph: string,
  { chromium, folder, say }: Bench,
): Promise<readonly Row[]> {
  const file = join(folder, 'photograph.jpg');
  await sharp(photograph).resize(4000, 3000, { fit: 'cover' }).jpeg({ quality: 90 }).toFile(file);
  const server = createServer(createSite(fileURLToPath(new URL('../../dist/', import.meta.url))));
  const origin = `http://127.0.0.1:${await listen(server, 0, '127.0.0.1')}`;
  const browser = await playwright.launch({
    executablePath: chromium,
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(origin);
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Choose files' }).click();
    await (await chooser).setFiles(file);
    await page.getByRole('tab', { name: 'Preview' }).click();
    const preview = page.getByRole('tabpanel', { name: 'Preview' });
    await preview.getByRole('button', { name: 'Turn on' }).click();
    await preview.locator('[aria-busy=false] .strip li').first().waitFor();
    await watch(page);
    const rows: Row[] = [];
    for (const [name, turn] of knobs(page)) {
      const times: number[] = [];
      for (let i = 0; i < turns; i++) times.push(await timed(page, () => turn(i)));
      say(`preview, ${name}: ${times.map((ms) => ms.toFixed(0)).join(' ')} ms`);
      rows.push(less(`preview-${name}`, 'ms', median(times), 'the bound', 100));
    }
    return rows;
  } finally {
    await browser.close();
    server.closeAllConnections();
    server.close();
  }
}

function knobs(page: Page): readonly (readonly [string, (i: number) => Promise<void>])[] {
  return [
    ['reroll', () => page.getByRole('button', { name: 'Reroll' }).click()],
    ['width', (i) => page.getByRole('spinbutton', { name: 'Width' }).fill(String(200 + i))],
    [
      'normalise',
      async (i) => {
        await page.getByRole('combobox', { name: 'Values' }).selectOption(i % 2 === 0 ? 'unit' : 'none');
      },
    ],
    ['grow', (i) => page.getByRole('spinbutton', { name: 'Width' }).fill(i % 2 === 0 ? '640' : '224')],
  ];
}

interface Watched {
  /** The time that the turn under way took. */
  done: Promise<number>;
  begin(): void;
}

/** Notes when a knob turns and when the preview shows it. */
async function watch(page: Page): Promise<void> {
  await page.evaluate(() => {
    const panel = document.querySelector('.preview');
    if (panel === null) throw new Error('no preview');
    const watched: Watched = {
      done: Promise.resolve(0),
      begin() {
        watched.done = new Promise((resolve) => {
          let start = 0;
          const note = (event: Event) => {
            start = event.timeStamp;
          };
          for (const kind of ['input', 'click']) addEventListener(kind, note, { capture: true, once: true });
          let busy = false;
          const observer = new MutationObserver(() => {
            if (panel.getAttribute('aria-busy') === 'true') busy = true;
            else if (busy) {
              observer.disconnect();
              requestAnimationFrame(() => resolve(performance.now() - start));
            }
          });
          observer.observe(panel, { attributeFilter: ['aria-busy'] });
        });
      },
    };
    Object.assign(window, { watched });
  });
}

async function timed(page: Page, turn: () => Promise<void>): Promise<number> {
  // Set by `watch` in this very page.
  await page.evaluate(() => (window as unknown as { watched: Watched }).watched.begin());
  await turn();
  return page.evaluate(() => (window as unknown as { watched: Watched }).watched.done);
}
