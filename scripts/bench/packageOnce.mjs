// Packages one folder in a process of its own, so that its peak memory is that of packaging alone.
//   node packageOnce.mjs DIST REQUEST      prints the peak in bytes
import { createRequire } from 'node:module';

const [dist, request] = process.argv.slice(2);
const { packageModel } = createRequire(`${dist}/`)('./packaging.js');
await packageModel(JSON.parse(request));
// Kilobytes on every platform.
console.log(process.resourceUsage().maxRSS * 1024);
