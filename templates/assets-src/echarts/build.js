// Bundles entry.js into one classic script with the global `echarts`, and writes
// the licences beside it: npm ci --ignore-scripts && npm run build
import { build } from 'esbuild';
import { readFileSync, writeFileSync } from 'node:fs';

const assets = new URL('../../assets/', import.meta.url).pathname;
const version = JSON.parse(readFileSync('node_modules/echarts/package.json')).version;

const result = await build({
  entryPoints: ['entry.js'],
  outfile: assets + 'echarts.min.js',
  bundle: true,
  minify: true,
  format: 'iife',
  globalName: 'echarts',
  target: 'es2018',
  charset: 'utf8',
  legalComments: 'none',
  metafile: true,
  define: { 'process.env.NODE_ENV': '"production"' },
  banner: { js: `/* Apache ECharts ${version}, custom build; licences: echarts.LICENSE.txt */` },
});
const licences = ['echarts/NOTICE', 'echarts/LICENSE', 'echarts/licenses/LICENSE-d3', 'zrender/LICENSE', 'tslib/LICENSE.txt'];
writeFileSync(assets + 'echarts.LICENSE.txt',
  licences.map((f) => `==== ${f} ====\n\n${readFileSync('node_modules/' + f, 'utf8').replaceAll('\r', '').trim()}\n`).join('\n'));
console.log(result.metafile.outputs[Object.keys(result.metafile.outputs)[0]].bytes, 'bytes');
