/* The site's comments under any page anywhere: docs/headless.md, "Comments on any page". Words of readers go in as text only. */

const WORDS = {
    title: "Comments", one: "{n} comment", other: "{n} comments", none: "No comments yet.", more: "Load more comments",
    moreReplies: "More replies to {name}", reply: "Reply", replyTo: "Reply to {name}", yourReply: "Your reply to {name}",
    inReply: "In reply to {name}", report: "Report", reportOf: "Report the comment by {name}", staff: "Staff",
    removed: "This comment was removed", link: "Link to this comment,", leave: "Leave a comment", comment: "Your comment",
    name: "Name", nameHint: "Shown with your comment. A first name is fine.", email: "Email address",
    emailOptional: "Email address (optional)", emailHint: "Your email address will not be published.",
    notify: "Email me when someone replies", send: "Send comment", cancel: "Cancel reply", problem: "There is a problem",
    error: "Error:", published: "Thank you. Your comment is on the page.", waiting: "Awaiting moderation",
    held: "Thank you. We have your comment. We read each comment before it appears.", onlyYou: "Only you can see this until we approve it.",
    withdraw: "Withdraw your comment", withdrawn: "Your comment is withdrawn.", failed: "Comments cannot be reached at the moment.", again: "Try again",
};
const CSS = `:host { display: block } .vh { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%) }
ol { list-style: none; padding: 0 } li { margin-block: 1.25em } ol ol { margin-inline-start: 1em; padding-inline-start: 1em; border-inline-start: 1px solid var(--reader-comments-line, #8888) }
h3, h4 { display: inline; margin-inline-end: .75em; font-size: 1em; overflow-wrap: anywhere } .text { margin-block: .5em; white-space: pre-line; overflow-wrap: anywhere }
a, button { color: var(--reader-comments-accent, inherit); margin-inline-end: 1em } label { display: block; margin-block-start: 1em; font-weight: 600 } .hint { margin: 0 }
input:not([type=checkbox]), textarea, button { box-sizing: border-box; padding: .5em .75em; border: 1px solid; border-radius: var(--reader-comments-radius, 4px); background: none; color: inherit; font: inherit }
button { color: var(--reader-comments-accent, inherit); cursor: pointer } input:not([type=checkbox]), textarea { inline-size: min(100%, 36em) }
[type=checkbox] { margin: 0 .5em 0 0; inline-size: 1.5em; block-size: 1.5em; vertical-align: middle } form button { margin-block: 1em }
.errors, .notice, .held { border: 2px solid var(--reader-comments-line, currentColor); padding: .75em 1em; margin-block: 1em } .field-error { font-weight: 700; margin: 0 }`;
const HERE = new URL(import.meta.url).origin;
const URLS = /(https?:\/\/[^\s<>"]*[^\s<>"'.,;:!?)\]}])/i;

function make(tag, properties = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) name in element ? element[name] = value : element.setAttribute(name, value);
    element.append(...children);
    return element;
}

function focusOn(element) {
    element.tabIndex = -1;
    element.focus();
}

const hidden = (textContent) => make("span", { className: "vh", textContent });

/** Words as they were typed, with web addresses as links. */
function inText(text) {
    const pieces = text.split(URLS).map((piece, place) => place % 2 ? make("a", { href: piece, rel: "ugc nofollow noopener", textContent: piece }) : piece);
    return make("div", { className: "text", part: "text" }, ...pieces);
}

async function ask(path, from, options) {
    const answer = await fetch(`${from.getAttribute("site") ?? HERE}/api/v1/${path}`, { credentials: "omit", ...options });
    const body = answer.status === 204 || await answer.json();
    if (answer.ok) return body;
    throw Object.assign(new Error(body.detail), { fields: body.errors ?? [] });
}

const pageOf = (element) => `pages/${encodeURIComponent(element.getAttribute("page"))}`;
const languageOf = (element) => element.closest("[lang]")?.lang || undefined;
const wordsOf = (element) => ({ ...WORDS, ...JSON.parse(element.querySelector("script")?.textContent || "{}"), ...element.strings });

function inWords(count, words, language) {
    const form = words[new Intl.PluralRules(language).select(count)] ?? words.other;
    return count ? form.replace("{n}", count.toLocaleString(language)) : words.title;
}

class CommentCount extends HTMLElement {
    async connectedCallback() {
        try {
            const { count } = await ask(`${pageOf(this)}/comments/?limit=1`, this);
            this.textContent = inWords(count, wordsOf(this), languageOf(this));
        } catch { /* what the page says itself stays */ }
    }
}

class ReaderComments extends HTMLElement {
    connectedCallback() {
        if (this.shadowRoot) return;
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(CSS);
        this.attachShadow({ mode: "open" }).adoptedStyleSheets = [sheet];
        this.words = wordsOf(this);
        this.names = new Map();
        this.load();
    }

    say(words, name) {
        return this.words[words].replace("{name}", () => name); // as a function, so that no "$&" in it means anything
    }

    async load() {
        const root = this.shadowRoot;
        root.replaceChildren(make("slot"));
        try {
            this.order = `?order=${this.getAttribute("order") ?? "oldest"}`;
            const [list, site] = await Promise.all([this.read(this.order), ask("site/", this)]);
            root.replaceChildren(this.section(list, site));
        } catch {
            const again = make("button", { textContent: this.say("again"), onclick: () => this.load() });
            root.replaceChildren(make("p", { role: "alert", textContent: this.say("failed") }), again, make("slot"));
        }
    }

    read(rest, options) {
        return ask(`${pageOf(this)}/comments/${rest}`, this, options);
    }

    section({ count, items, next, settings }, { comment_notice, emergency_line }) {
        this.settings = settings;
        this.thread = make("ol", { part: "thread" }, ...items.map((each) => this.item(each)));
        this.notice = make("div", { role: "status" });
        const title = make("h2", { id: "title", part: "title", textContent: inWords(count, this.words, languageOf(this)) });
        const section = make("section", { "aria-labelledby": "title" }, title, this.notice, this.thread);
        if (!count) title.after(make("p", { textContent: this.say("none") }));
        this.goOn(this.thread, next, this.order, this.say("more"));
        section.append(settings.open ? this.respond(comment_notice, emergency_line) : make("p", { textContent: settings.why_closed }));
        return section;
    }

    /** A button that appends what follows to a list; focus goes to the first of it. */
    goOn(thread, cursor, from, words) {
        if (!cursor) return;
        const button = make("button", { part: "button", textContent: words });
        button.onclick = async () => {
            try {
                const { items, next } = await this.read(`${from}&cursor=${encodeURIComponent(cursor)}`);
                const fresh = items.map((each) => this.item(each));
                thread.append(...fresh);
                button.remove();
                this.goOn(thread, next, from, words);
                if (fresh[0]) focusOn(fresh[0].firstChild);
            } catch (error) {
                this.tell(error.message || this.say("failed"));
            }
        };
        thread.after(button);
    }

    tell(words) {
        const notice = make("p", { className: "notice", part: "notice", textContent: words });
        this.notice.replaceChildren(notice);
        focusOn(notice);
    }

    item({ id, name, text, url, staff, parent, removed, submitted_at, replies = [], next_replies }, depth = 0, above = parent && 0) {
        this.names.set(id, name);
        const article = make("article", { id: `comment-${id}`, part: "comment" });
        const item = make("li", {}, article);
        if (removed) article.append(make("h3", { textContent: this.say("removed") }));
        else {
            const date = new Date(submitted_at).toLocaleString(languageOf(this), { dateStyle: "long", timeStyle: "short" });
            const link = make("a", { href: this.urlOf(url) }, hidden(`${this.say("link")} `), make("time", { dateTime: submitted_at, textContent: date }));
            article.append(make("h3", { textContent: name }), staff ? `${this.say("staff")} ` : "", link);
            if (parent !== above && this.names.get(parent)) article.append(make("p", { textContent: this.say("inReply", this.names.get(parent)) }));
            article.append(inText(text));
            const { open, thread_depth } = this.settings;
            if (open && (!thread_depth || depth < thread_depth)) {
                const reply = make("button", { part: "button", "aria-label": this.say("replyTo", name), textContent: this.say("reply") });
                reply.onclick = () => this.answer(id, reply);
                article.append(reply);
            }
            if (!staff) article.append(make("a", { href: `${this.urlOf(url)}report/`, "aria-label": this.say("reportOf", name), textContent: this.say("report") }));
        }
        if (replies.length) {
            const list = make("ol", {}, ...replies.map((each) => this.item(each, depth + 1, id)));
            item.append(list);
            this.goOn(list, next_replies, `${id}/replies/?limit=40`, this.say("moreReplies", name));
        }
        return item;
    }

    urlOf(url) {
        return new URL(url, this.getAttribute("site") ?? HERE).href;
    }

    respond(...notices) {
        const field = (name, hint, input) => {
            const label = make("label", { htmlFor: name, textContent: this.say(name) });
            Object.assign(input, { id: name, name });
            this.hints[name] = make("p", { id: `${name}-hint`, className: "hint", textContent: hint ? this.say(hint) : "" });
            input.setAttribute("aria-describedby", `${name}-hint`);
            return [label, this.hints[name], input];
        };
        this.hints = {};
        this.heading = make("h3", { id: "respond" });
        this.cancel = make("button", { type: "button", part: "button", textContent: this.say("cancel"), onclick: () => this.answer() });
        const notify = make("input", { type: "checkbox", id: "notify", name: "notify" });
        const email = make("input", { type: "email", autocomplete: "email" });
        this.form = make("form", { noValidate: true, part: "form", onsubmit: (event) => this.send(event), oninput: () => { this.key = ""; } },
            ...field("comment", "", make("textarea", { rows: 6 })),
            ...field("name", "nameHint", make("input", { autocomplete: "name", spellcheck: false })),
            ...field("email", "emailHint", email),
            make("label", {}, notify, this.say("notify")),
            make("button", { part: "button", textContent: this.say("send") }));
        if (!this.settings.email_required) email.previousSibling.previousSibling.textContent = this.say("emailOptional");
        this.errors = make("div", { role: "alert" });
        this.box = make("section", { "aria-labelledby": "respond", onkeydown: ({ key }) => { if (key === "Escape" && this.pressed) this.answer(); } },
            this.heading, ...notices.filter(Boolean).map((textContent) => make("p", { textContent })), this.errors, this.form);
        this.answer();
        return this.box;
    }

    /** The one form moves under the comment that is answered, and back. */
    answer(id = null, pressed = null) {
        const name = this.names.get(id);
        this.answered = id;
        this.heading.textContent = id ? this.say("replyTo", name) : this.say("leave");
        this.form.querySelector("label").textContent = id ? this.say("yourReply", name) : this.say("comment");
        if (id) pressed.closest("article").after(this.box);
        else this.notice.parentNode?.append(this.box);
        if (id) this.form.append(this.cancel);
        else this.cancel.remove();
        (id ? this.form.elements.comment : this.pressed)?.focus();
        this.pressed = pressed;
    }

    async send(event) {
        event.preventDefault();
        if (this.busy) return;
        this.busy = true;
        const { comment, name, email, notify } = this.form.elements;
        const sent = { comment: comment.value, name: name.value, email: email.value, notify: notify.checked, reply_to: this.answered };
        this.key ||= crypto.getRandomValues(new Uint32Array(4)).join("-");
        this.mark([]);
        try {
            const headers = { "Content-Type": "application/json", "Idempotency-Key": this.key };
            const receipt = await this.read("", { method: "POST", headers, body: JSON.stringify(sent) });
            this.taken(receipt, sent);
        } catch (error) {
            const fields = error.fields?.length ? error.fields : [{ field: "", message: error.fields ? error.message : this.say("failed") }];
            this.mark(fields);
        }
        this.busy = false;
    }

    /** Everything that is wrong, each line a link to its field. */
    mark(problems) {
        const { elements } = this.form;
        for (const name in this.hints) {
            const own = problems.filter(({ field }) => field === name).map(({ message }) => message).join(" ");
            const hint = this.hints[name];
            hint.querySelector("strong")?.remove();
            elements[name].ariaInvalid = own ? "true" : null;
            if (own) hint.prepend(make("strong", { textContent: `${this.say("error")} ${own} ` }));
        }
        const lines = problems.map(({ field, message }) => {
            const link = make("a", { href: `#${field}`, textContent: message });
            link.onclick = (event) => { event.preventDefault(); (elements[field] ?? elements.comment).focus(); };
            return make("li", {}, link);
        });
        this.errors.replaceChildren();
        if (!lines.length) return;
        this.errors.append(make("div", { className: "errors", part: "errors" }, make("h4", { textContent: this.say("problem") }), make("ul", {}, ...lines)));
        focusOn(this.errors.firstChild);
    }

    async taken({ id, status, token }, { comment, name }) {
        const place = this.answered && this.pressed.closest("li");
        this.key = this.form.elements.comment.value = "";
        this.pressed = null;
        this.answer();
        if (status === "approved") {
            await this.load();
            return this.tell(this.say("published"));
        }
        const own = make("article", { id: `comment-${id}`, className: "held", part: "comment held" },
            make("h3", { textContent: name }), this.say("waiting"), inText(comment), make("p", { textContent: this.say("onlyYou") }));
        const item = make("li", {}, own);
        if (token) own.append(make("button", { part: "button", textContent: this.say("withdraw"), onclick: async () => {
            try {
                await ask(`comments/${id}/`, this, { method: "DELETE", headers: { Authorization: `Bearer ${token}` } });
                item.remove();
                this.tell(this.say("withdrawn"));
            } catch (error) {
                this.tell(error.message || this.say("failed"));
            }
        } }));
        if (place) place.append(make("ol", {}, item));
        else this.thread.append(item);
        this.tell(this.say("held"));
    }
}

customElements.define("comment-count", CommentCount);
customElements.define("reader-comments", ReaderComments);
