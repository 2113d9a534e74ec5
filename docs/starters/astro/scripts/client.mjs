/* Fetch the TypeScript client from the site: its types are those of the API that is asked. */

import { mkdir, writeFile } from "node:fs/promises";

const SITE = process.env.SITE ?? "http://localhost:8000";

await mkdir("src/client", { recursive: true });
for (const name of ["client.ts", "schema.d.ts"]) {
    const answer = await fetch(new URL(`/static/clients/typescript/${name}`, SITE));
    if (!answer.ok) throw new Error(`${answer.url}: ${answer.status}`);
    await writeFile(`src/client/${name}`, await answer.text());
}
