import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';

const compress = promisify(gzip);

/**
 * A vite plugin that replaces every file of dist/assets by its gzip form
 * (`name.js` → `name.js.gz`). The program embeds only these: they are a
 * quarter of the size, and a browser takes them as they are. It prints the
 * total, raw and compressed, which is the page's budget.
 */
export function gzipDist() {
  let assets = '';
  return {
    name: 'heliograph-gzip',
    apply: 'build',
    configResolved(config) {
      assets = path.join(config.root, config.build.outDir, 'assets');
    },
    async closeBundle() {
      const total = { raw: 0, packed: 0 };
      for (const name of (await readdir(assets)).sort()) {
        if (name.endsWith('.gz')) continue;
        const file = path.join(assets, name);
        const raw = await readFile(file);
        const packed = await compress(raw, { level: constants.Z_BEST_COMPRESSION });
        await writeFile(`${file}.gz`, packed);
        await rm(file);
        total.raw += raw.length;
        total.packed += packed.length;
      }
      console.log(`assets: ${kib(total.raw)} KiB, ${kib(total.packed)} KiB gzipped`);
    },
  };
}

function kib(bytes) {
  return Math.ceil(bytes / 1024);
}
