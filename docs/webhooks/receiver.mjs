// @ts-check
// Receives webhooks of Innocap and verifies that they are genuine. Needs Node.js 20 or newer and no package; a TypeScript
// project takes `verify` as it is, for its types stand in comments.
//
//     INNOCAP_WEBHOOK_SECRET=whsec_... node receiver.mjs 8099
//
// While a secret is being replaced, name both, parted by a blank. Put a proxy with TLS in front of it.

import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

// How far the clocks of sender and receiver may differ, in seconds. Older messages may be recorded ones.
const TOLERANCE = 5 * 60;
// A message of Innocap is some hundred bytes long.
const MOST_BYTES = 64 * 1024;

/**
 * Gives the message's identifier if it is signed with one of the secrets, else throws. The body must be the bytes as
 * they came: a document that was read and written again is another one.
 *
 * @param {string[]} secrets
 * @param {import("node:http").IncomingHttpHeaders} headers
 * @param {Buffer} body
 * @param {number} now in seconds since 1970
 * @returns {string}
 */
export function verify(secrets, headers, body, now) {
  const header = (/** @type {string} */ name) => String(headers[name] ?? "");
  const [identifier, timestamp] = [header("webhook-id"), header("webhook-timestamp")];
  if (identifier === "" || !/^[0-9]+$/.test(timestamp)) throw new Error("a header is missing");
  if (Math.abs(now - Number(timestamp)) > TOLERANCE) throw new Error("it is too old, or the clocks differ");
  let genuine = false;
  for (const secret of secrets) {
    const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
    const expected = createHmac("sha256", key).update(`${identifier}.${timestamp}.`).update(body).digest();
    for (const signature of header("webhook-signature").split(" ")) {
      const [version, given] = signature.split(",", 2);
      const bytes = Buffer.from(given ?? "", "base64");
      // Compared in the same time wherever they differ, so that nobody finds a signature byte by byte.
      if (version === "v1" && bytes.length === expected.length && timingSafeEqual(bytes, expected)) genuine = true;
    }
  }
  if (!genuine) throw new Error("no signature fits");
  return identifier;
}

/**
 * @param {import("node:http").IncomingMessage} request
 * @returns {Promise<Buffer>}
 */
async function bodyOf(request) {
  const chunks = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > MOST_BYTES) throw new Error("it is too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const secrets = (process.env.INNOCAP_WEBHOOK_SECRET ?? "").split(" ").filter((secret) => secret !== "");
if (secrets.length === 0) {
  console.error("set INNOCAP_WEBHOOK_SECRET");
  process.exit(1);
}
// What was taken already: an event may come more than once. Keep this where it outlives a restart.
const taken = new Set();

const server = createServer(async (request, response) => {
  try {
    const body = await bodyOf(request);
    const identifier = verify(secrets, request.headers, body, Date.now() / 1000);
    if (!taken.has(identifier)) {
      const event = JSON.parse(body.toString("utf8"));
      // Here stands what is to be done. What takes long is only noted here and done later: answer within 15 seconds.
      console.log(event.type, identifier, JSON.stringify(event.data));
      taken.add(identifier);
    }
    response.writeHead(204).end();
  } catch (reason) {
    console.error(`refused: ${reason instanceof Error ? reason.message : reason}`);
    response.writeHead(400).end();
  }
});

server.listen(Number(process.argv[2] ?? 8099), "127.0.0.1", () => {
  const address = server.address();
  console.log(`listening on http://127.0.0.1:${typeof address === "object" && address ? address.port : ""}/`);
});
