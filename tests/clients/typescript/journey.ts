// One journey by a client that is generated from the contract: ask, get a token, write a draft, read its suggestions.
// `journey.ts` is compiled with `schema.d.ts`, which openapi-typescript has made of the contract, so that a field that
// the contract does not know is a fault of the compiler.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

const [base, id, secret] = process.argv.slice(2);
const client = createClient<paths>({ baseUrl: base });

type Answer = components["schemas"]["Answer"];

function told<T>(what: string, answer: { data?: T; error?: unknown; response: Response }): T {
  if (answer.data === undefined) throw new Error(`${what}: ${answer.response.status} ${JSON.stringify(answer.error)}`);
  return answer.data;
}

const asked: Answer = told(
  "asking",
  await client.POST("/api/v1/suggestions", { body: { text: "Hur kan vi ge äldre i glesbygd vård på distans?", country: "SE" } }),
);
if (asked.suggestions.length === 0) throw new Error("nothing was suggested");

const { access_token } = told(
  "the token",
  await client.POST("/oauth/token", {
    body: { grant_type: "client_credentials", client_id: id, client_secret: secret },
    headers: { "content-type": "application/x-www-form-urlencoded" },
    bodySerializer: (body) => new URLSearchParams(body as Record<string, string>),
  }),
);
client.use({
  onRequest({ request }) {
    request.headers.set("authorization", `Bearer ${access_token}`);
    return request;
  },
});

const own = told("own organisation", await client.GET("/api/v1/organisations", { params: { query: { q: "Demo municipality" } } }));
const challenge = told(
  "writing",
  await client.POST("/api/v1/challenges", {
    body: {
      organisation: own.items[0].id,
      texts: [{ language: "sv", title: "Digital tillsyn på natten", summary: "Äldre ska kunna sova." }],
      cpv: ["85312000"],
      country: "SE",
    },
  }),
);
const path = { id: challenge.id };
const found = told("suggestions", await client.GET("/api/v1/challenges/{id}/suggestions", { params: { path } }));
const release = told("the release", await client.GET("/api/v1/challenges/{id}/ocds", { params: { path } }));

// What goes wrong is typed as well.
const refused = await client.POST("/api/v1/challenges", { body: { organisation: own.items[0].id, texts: [] } });
if (refused.error?.code !== "invalid_document") throw new Error(`a challenge without text: ${refused.response.status}`);

console.log(`journey done: ${asked.suggestions.length}, ${found.suggestions.length}, ${release.releases[0].ocid}`);
