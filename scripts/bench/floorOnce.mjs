// The least that packaging can do: reads the weights, hashes them and writes as many bytes.
//   node floorOnce.mjs FROM TO      prints the peak in bytes
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const [from, to] = process.argv.slice(2);
const highWaterMark = 1 << 20;
const hash = createHash('sha256');
const tap = new Transform({
  highWaterMark,
  transform(chunk, _encoding, callback) {
    hash.update(chunk);
    callback(null, chunk);
  },
});
await pipeline(createReadStream(from, { highWaterMark }), tap, createWriteStream(to, { highWaterMark }));
hash.digest('hex');
console.log(process.resourceUsage().maxRSS * 1024);
