/* Build anew when the site says that something has changed: the other end of a webhook (standardwebhooks.com). */

import { spawn } from "node:child_process";
import { createHmac, timingSafeEqual } from "node:crypto";
import { existsSync, renameSync, rmSync } from "node:fs";
import { createServer } from "node:http";

const { WEBHOOK_SECRET = "", PORT = "8787" } = process.env;
const KEY = Buffer.from(WEBHOOK_SECRET.replace(/^whsec_/, ""), "base64");
const LARGEST = 64 * 1024;
const SECONDS = 5 * 60; // how old a message may be
let running = false;
let again = false;

if (KEY.length < 24) throw new Error("WEBHOOK_SECRET is missing or too short: copy it from the site.");

function isSigned({ headers }, body) {
    const { "webhook-id": id = "", "webhook-timestamp": sent = "", "webhook-signature": signatures = "" } = headers;
    if (!(Math.abs(Date.now() / 1000 - Number(sent)) < SECONDS)) return false;
    const expected = createHmac("sha256", KEY).update(`${id}.${sent}.${body}`).digest();
    return signatures.split(" ").some((each) => {
        const given = Buffer.from(each.replace(/^v1,/, ""), "base64");
        return given.length === expected.length && timingSafeEqual(given, expected);
    });
}

/** One build at a time; what changes meanwhile is built after it. */
function build() {
    if (running) {
        again = true;
        return;
    }
    running = true;
    again = false;
    spawn("npm", ["run", "build", "--", "--outDir", "dist.next"], { stdio: "inherit" }).on("close", (status) => {
        if (status) console.log("The build failed; the pages are those of before.");
        else show();
        running = false;
        if (again) build();
    });
}

/** New pages take the place of the old ones only when all are there. */
function show() {
    rmSync("dist.old", { recursive: true, force: true });
    if (existsSync("dist")) renameSync("dist", "dist.old");
    renameSync("dist.next", "dist");
    console.log("Built.");
}

createServer(async (request, response) => {
    const pieces = [];
    let length = 0;
    for await (const piece of request) {
        length += piece.length;
        if (length > LARGEST) return response.writeHead(413).end();
        pieces.push(piece);
    }
    const taken = request.method === "POST" && isSigned(request, Buffer.concat(pieces));
    response.writeHead(taken ? 204 : 401).end();
    if (taken) build();
}).listen(Number(PORT), "127.0.0.1", () => console.log(`Waiting for webhooks on port ${PORT}.`));
