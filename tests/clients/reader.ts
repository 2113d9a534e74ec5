/* What a front end does with the client: `node reader.js SITE POST`. It writes what it saw as JSON. */

import { argv } from "node:process";

import { connect, ProblemError, type Schemas } from "./client.js";

const [, , site = "", post = ""] = argv;
const api = connect(site);

/** The compiler knows every block; this does not compile when a kind of it is added that has no words here. */
function kindOf(block: Schemas["PostOut"]["blocks"][number]): string {
    switch (block.type) {
        case "heading": return `h ${block.value.level}`;
        default: return block.type;
    }
}

/** What the compiler must refuse; it complains where it does not. Nobody calls this. */
export function refused(): void {
    // @ts-expect-error -- there is no such parameter
    void api("get", "/posts/", { query: { catgory: "sleep" } });
    // @ts-expect-error -- nor such a value
    void api("get", "/posts/", { query: { order: "sideways" } });
    // @ts-expect-error -- nor such a path
    void api("get", "/nowhere/");
    // @ts-expect-error -- which post?
    void api("get", "/posts/{post}/");
    // @ts-expect-error -- a comment without words
    void api("post", "/posts/{post}/comments/", { path: { post }, body: { name: "Ann" } });
    // @ts-expect-error -- what comes with files is a form
    void api("post", "/contact/{page}/files/", { path: { page: "contact" }, body: { name: "Ann" } });
    // @ts-expect-error -- posts cannot be sent
    void api("post", "/posts/", {});
}

async function problemOf(promise: Promise<unknown>): Promise<ProblemError> {
    try {
        await promise;
    } catch (error) {
        if (error instanceof ProblemError) return error;
        throw error;
    }
    throw new Error("no problem");
}

const { items } = await api("get", "/posts/", { query: { limit: 5, order: "oldest" } });
const read = await api("get", "/posts/{post}/", { path: { post } });
const found = await api("get", "/resolve/", { query: { path: read.path } });
const site_ = await api("get", "/site/");
const comments = { path: { post }, idempotencyKey: "the first" };
const body = { name: "Ann", email: "ann@example.org", comment: "Sent by a generated client." };
const receipt = await api("post", "/posts/{post}/comments/", { ...comments, body });
const own = { path: { comment_id: receipt.id }, token: receipt.token ?? "" };
const edited = await api("patch", "/comments/{comment_id}/", { ...own, body: { comment: "Edited by it." } });
const gone = await api("delete", "/comments/{comment_id}/", own);
const message = new FormData();
for (const [name, value] of Object.entries({ ...body, message: "See this." })) message.set(name, value);
message.append("files", new Blob(["%PDF-1.7 words"]), "leaflet.pdf");
const sent = await api("post", "/contact/{page}/files/", { path: { page: "contact" }, body: message });
const wrong = await problemOf(api("post", "/posts/{post}/comments/", { path: { post }, body: { ...body, comment: "" } }));
const absent = await problemOf(api("get", "/posts/{post}/", { path: { post: "no/../where?" } }));
const elsewhere = await problemOf(connect(site, async () => new Response("<h1>Bad gateway</h1>", { status: 502 }))("get", "/site/"));

console.log(JSON.stringify({
    posts: items.map((item) => item.slug),
    title: read.title,
    sent: sent.status,
    blocks: read.blocks.map(kindOf),
    kind: found.kind,
    name: site_.name,
    status: receipt.status,
    edited: edited.text,
    gone: gone === undefined,
    wrong: { status: wrong.status, fields: Object.keys(wrong.errors), message: wrong.message },
    absent: absent.status,
    elsewhere: elsewhere.status,
}));
