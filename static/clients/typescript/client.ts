/* The site's API with types, wherever there is a `fetch`. How to use it: docs/headless.md of the site. */

import type { components, paths } from "./schema.js";

const ROOT = "/api/v1";

export type Schemas = components["schemas"];
type Method = "get" | "post" | "patch" | "delete";
type Short<Path> = Path extends `${typeof ROOT}${infer Rest}` ? Rest : never;
type Operation<M extends Method, Path extends string> = `${typeof ROOT}${Path}` extends infer Full extends keyof paths
    ? paths[Full] extends Record<M, infer Found> ? Found : never
    : never;
export type PathOf<M extends Method> = {
    [Full in keyof paths]: paths[Full] extends Record<M, object> ? Short<Full> : never;
}[keyof paths];

type Place<O> = O extends { parameters: { path: infer T } } ? { path: T } : unknown;
type Query<O> = O extends { parameters: { query: infer T } } ? { query: T }
    : O extends { parameters: { query?: infer T } } ? { query?: T } : unknown;
type Body<O> = O extends { requestBody: { content: infer T } }
    ? { body: T extends { "application/json": infer J } ? J : FormData } : unknown;
type Content<R> = R extends { content: { "application/json": infer T } } ? T : undefined;

export type Given<M extends Method, P extends string, O = Operation<M, P>> = Place<O> & Query<O> & Body<O> & {
    token?: string;
    idempotencyKey?: string;
    signal?: AbortSignal;
};
export type Answer<M extends Method, P extends string> = Operation<M, P> extends { responses: infer R }
    ? Content<R[keyof R & (200 | 201 | 202 | 204)]>
    : never;

/** Any answer of 400 and above. `errors` has the messages for each field; "" stands for the request as a whole. */
export class ProblemError extends Error {
    readonly errors: Record<string, string[]> = {};

    constructor(readonly problem: Schemas["Problem"], readonly retryAfter: number | null) {
        super(problem.detail || problem.title);
        this.name = "ProblemError";
        for (const { field, message } of problem.errors ?? []) (this.errors[field] ??= []).push(message);
    }

    get status(): number {
        return this.problem.status;
    }
}

/** `const api = connect("https://www.example.org")`, then `await api("get", "/posts/{post}/", { path: { post } })`. */
export function connect(site: string, fetcher: typeof fetch = fetch) {
    return async function api<M extends Method, P extends PathOf<M>>(
        method: M,
        path: P,
        ...[given]: {} extends Given<M, P> ? [given?: Given<M, P>] : [given: Given<M, P>]
    ): Promise<Answer<M, P>> {
        const { path: places = {}, query = {}, body, token, idempotencyKey, signal } = (given ?? {}) as Loose;
        const url = new URL(ROOT + path.replace(/{(\w+)}/g, (_, name) => encodeURIComponent(places[name] ?? "")), site);
        for (const [name, value] of Object.entries(query)) if (value != null) url.searchParams.set(name, String(value));
        const headers = new Headers({ Accept: "application/json" });
        const isForm = body instanceof FormData;
        if (body && !isForm) headers.set("Content-Type", "application/json");
        if (token) headers.set("Authorization", `Bearer ${token}`);
        if (idempotencyKey) headers.set("Idempotency-Key", idempotencyKey);
        const response = await fetcher(url, {
            method: method.toUpperCase(), headers, signal: signal ?? null,
            body: isForm ? body : JSON.stringify(body) ?? null,
        });
        if (!response.ok) throw await problemOf(response);
        return (response.status === 204 ? undefined : await response.json()) as Answer<M, P>;
    };
}

interface Loose {
    path?: Record<string, string | number>;
    query?: Record<string, unknown>;
    body?: unknown;
    token?: string;
    idempotencyKey?: string;
    signal?: AbortSignal;
}

/** A proxy in front of the site may answer with something else than a problem. */
async function problemOf(response: Response): Promise<ProblemError> {
    const { status, statusText: title } = response;
    const isProblem = response.headers.get("Content-Type")?.startsWith("application/problem+json");
    const problem: Schemas["Problem"] = isProblem ? await response.json() : { title, status };
    return new ProblemError(problem, Number(response.headers.get("Retry-After")) || null);
}
