// typage (the npm package age-encryption) behind a command line like age's, reading stdin and writing stdout:
//   typage keygen [--hybrid]               a new identity; the recipient stands in a comment above it, as age-keygen prints it
//   typage -r RECIPIENT... [-a]            encrypt
//   typage -p PASSPHRASE [-w WORK] [-a]    encrypt with a passphrase (test data only: arguments are visible to everyone)
//   typage -d -i FILE...                   decrypt, armored or not
//   typage -d -p PASSPHRASE
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import * as age from "age-encryption";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    decrypt: { type: "boolean", short: "d" },
    armor: { type: "boolean", short: "a" },
    hybrid: { type: "boolean" },
    recipient: { type: "string", short: "r", multiple: true, default: [] },
    identity: { type: "string", short: "i", multiple: true, default: [] },
    passphrase: { type: "string", short: "p" },
    work: { type: "string", short: "w", default: "10" },
  },
});

const lines = (path) => readFileSync(path, "utf8").split(/\r?\n/).filter((line) => line !== "" && !line.startsWith("#"));

async function decrypt(input) {
  const decrypter = new age.Decrypter();
  if (options.passphrase !== undefined) decrypter.addPassphrase(options.passphrase);
  for (const identity of options.identity.flatMap(lines)) decrypter.addIdentity(identity);
  const armored = input.subarray(0, 64).toString("latin1").trimStart().startsWith("-----BEGIN");
  return decrypter.decrypt(armored ? age.armor.decode(input.toString("utf8")) : input);
}

async function encrypt(input) {
  const encrypter = new age.Encrypter();
  if (options.passphrase !== undefined) {
    encrypter.setPassphrase(options.passphrase);
    encrypter.setScryptWorkFactor(Number(options.work));
  }
  for (const recipient of options.recipient) encrypter.addRecipient(recipient);
  const file = await encrypter.encrypt(input);
  return options.armor ? age.armor.encode(file) : file;
}

if (positionals[0] === "keygen") {
  const identity = await (options.hybrid ? age.generateHybridIdentity() : age.generateX25519Identity());
  process.stdout.write(`# public key: ${await age.identityToRecipient(identity)}\n${identity}\n`);
} else {
  const input = readFileSync(0);
  try {
    writeFileSync(1, await (options.decrypt ? decrypt(input) : encrypt(input)));
  } catch (error) {
    process.stderr.write(`typage: ${error.message}\n`);
    process.exitCode = 1;
  }
}
