// The test vectors of the age format, https://c2sp.org/CCTV/age, a line each: the name, a space, and the vector in base64. Those that are
// compressed are printed as if they were not.
import { inflateSync } from "node:zlib";
import * as vectors from "cctv-age";

for (const [name, vector] of Object.entries(vectors)) {
  let bytes = Buffer.from(vector);
  const end = bytes.indexOf("\n\n") + 2;
  const header = bytes.subarray(0, end).toString("latin1");
  if (/^compressed: zlib$/m.test(header)) {
    bytes = Buffer.concat([bytes.subarray(0, end), inflateSync(bytes.subarray(end))]);
  }
  process.stdout.write(`${name} ${bytes.toString("base64")}\n`);
}
