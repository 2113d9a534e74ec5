/* What every page is made from. SITE is read when the pages are built. */

import { connect, type Schemas } from "./client/client";

export const SITE = process.env.SITE ?? "http://localhost:8000";
export const api = connect(SITE);
export const site = await api("get", "/site/");
export const menus = await api("get", "/menus/");

/** All posts, the newest first: the list comes in pieces. */
export async function allPosts(): Promise<Schemas["PostCard"][]> {
    const found: Schemas["PostCard"][] = [];
    let cursor: string | undefined;
    do {
        const { items, next } = await api("get", "/posts/", { query: { limit: 100, ...(cursor && { cursor }) } });
        found.push(...items);
        cursor = next ?? undefined;
    } while (cursor);
    return found;
}

export async function pageAt(path: string) {
    const found = await api("get", "/resolve/", { query: { path } });
    if (found.kind !== "page") throw new Error(`${path} is no page.`);
    return found.page;
}

/** A form's page, whatever its editor has called it. */
export async function contactPage(): Promise<Schemas["ContactPageOut"] | undefined> {
    for (const link of [...menus.main, ...menus.footer]) {
        if (!("path" in link)) continue; // on another site
        const page = await pageAt(link.path);
        if (page.type === "contact") return page;
    }
    return undefined;
}
