/*
The site's comments under any page anywhere: docs/headless.md, "Comments on any page". Words of readers go in as text only.

This is the source: `make client` makes 1/reader-comments.js of it. Names with "_" are made short there.
*/

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
    edit: "Edit your comment", withdraw: "Withdraw your comment", save: "Save", leaveIt: "Leave it as it is", withdrawn: "Your comment is withdrawn.", failed: "Comments cannot be reached at the moment.", again: "Try again",
};
const CSS = `:host{display:block;overflow-wrap:anywhere}.vh{position:absolute;inline-size:1px;overflow:hidden;clip-path:inset(50%)}\
ol{list-style:none;padding:0}li{margin-block:1.25em}ol ol{margin-inline-start:1em;padding-inline-start:1em;border-inline-start:1px solid var(--reader-comments-line,#8888)}\
h3,h4{display:inline;margin-inline-end:.75em;font-size:1em}[part=text]{margin-block:.5em;white-space:pre-line}\
input,textarea,button{box-sizing:border-box;padding:.5em .75em;border:1px solid;border-radius:var(--reader-comments-radius,4px);background:none;color:inherit;font:inherit}\
a,button{color:var(--reader-comments-accent,inherit);margin-inline-end:1em}button{cursor:pointer}input,textarea{inline-size:min(100%,36em)}textarea{display:block}\
label{display:block;margin-block-start:1em;font-weight:600}.hint{margin:0}\
[type=checkbox]{margin:0 .5em 0 0;inline-size:1.5em;block-size:1.5em;vertical-align:middle}form button{margin-block:1em}\
[part=errors],[part=notice],[part=held]{border:2px solid var(--reader-comments-line,currentColor);padding:.75em 1em;margin-block:1em}`;
const HERE = new URL(import.meta.url).origin;
const URLS = /(https?:\/\/[^\s<>"]*[^\s<>"'.,;:!?)\]}])/i;

/** Properties may be words alone. */
function make(tag, properties = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(properties.at ? { textContent: properties } : properties)) name in element ? element[name] = value : element.setAttribute(name, value);
    element.append(...children);
    return element;
}

function focusOn(element) {
    element.tabIndex = -1;
    element.focus();
}

const hidden = (words) => make("span", { className: "vh" }, words);

/** Words as they were typed, with web addresses as links. */
function inText(text) {
    const pieces = text.split(URLS).map((piece, place) => place % 2 ? make("a", { href: piece, rel: "ugc nofollow" }, piece) : piece);
    return make("div", { part: "text" }, ...pieces);
}

const siteOf = (element) => element.getAttribute("site") ?? HERE;

async function ask(path, from, options) {
    const answer = await fetch(`${siteOf(from)}/api/v1/${path}`, { credentials: "omit", ...options });
    const body = answer.status === 204 || await answer.json();
    if (answer.ok) return body;
    throw Object.assign(new Error(body.detail), { _fields: body.errors ?? [], _status: answer.status });
}

/** What this browser may change: the last comments sent from pages of this origin, each with the token that proves it. */
const KEPT = "reader-comments"; // and the name of the element

function kept() {
    try {
        return JSON.parse(localStorage.getItem(KEPT)) ?? [];
    } catch {
        return []; // storage is not allowed here
    }
}

function keep(list) {
    try {
        localStorage.setItem(KEPT, JSON.stringify(list.slice(-20)));
    } catch { /* then it is known until the page is left */ }
}

const forget = ({ id }) => keep(kept().filter((own) => own.id !== id));
const labelled = (words, onclick, more) => make("button", { type: "button", part: "button", onclick, ...more }, words);

const pageOf = (element) => `pages/${encodeURIComponent(element.getAttribute("page"))}`;
const languageOf = (element) => element.closest("[lang]")?.lang || undefined;
const wordsOf = (element) => ({ ...WORDS, ...JSON.parse(element.querySelector("script")?.textContent || "{}"), ...element.strings });

function inWords(count, element) {
    const words = wordsOf(element), language = languageOf(element);
    const form = words[new Intl.PluralRules(language).select(count)] ?? words.other;
    return count ? form.replace("{n}", count.toLocaleString(language)) : words.title;
}

class CommentCount extends HTMLElement {
    async connectedCallback() {
        try {
            const { count } = await ask(`${pageOf(this)}/comments/?limit=1`, this);
            this.textContent = inWords(count, this);
        } catch { /* what the page says itself stays */ }
    }
}

class ReaderComments extends HTMLElement {
    connectedCallback() {
        if (this.shadowRoot) return;
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(CSS);
        this.attachShadow({ mode: "open" }).adoptedStyleSheets = [sheet];
        this._words = wordsOf(this);
        this._names = new Map();
        this._load();
    }

    _say(words, name) {
        return this._words[words].replace("{name}", () => name); // as a function, so that no "$&" in it means anything
    }

    async _load() {
        const root = this.shadowRoot;
        root.replaceChildren(make("slot"));
        try {
            this._order = `?order=${this.getAttribute("order") ?? "oldest"}`;
            const [list, site] = await Promise.all([this._read(this._order), ask("site/", this)]);
            root.replaceChildren(this._section(list, site));
            this._recall();
        } catch {
            const again = labelled(this._say("again"), () => this._load());
            root.replaceChildren(make("p", { role: "alert" }, this._say("failed")), again, make("slot"));
        }
    }

    _read(rest, options) {
        return ask(`${pageOf(this)}/comments/${rest}`, this, options);
    }

    _section({ count, items, next, settings }, { comment_notice, emergency_line }) {
        this._settings = settings;
        this._thread = make("ol", { part: "thread" }, ...items.map((each) => this._item(each)));
        this._notice = make("div", { role: "status" });
        const title = make("h2", { id: "title", part: "title" }, inWords(count, this));
        const section = make("section", { "aria-labelledby": "title" }, title, this._notice, this._thread);
        if (!count) title.after(make("p", this._say("none")));
        this._goOn(this._thread, next, this._order, this._say("more"));
        section.append(settings.open ? this._respond(comment_notice, emergency_line) : make("p", settings.why_closed));
        return section;
    }

    /** A button that appends what follows to a list; focus goes to the first of it. */
    _goOn(thread, cursor, from, words) {
        if (!cursor) return;
        const button = labelled(words, () => this._try(async () => {
            const { items, next } = await this._read(`${from}&cursor=${encodeURIComponent(cursor)}`);
            const fresh = items.map((each) => this._item(each));
            thread.append(...fresh);
            button.remove();
            this._goOn(thread, next, from, words);
            if (fresh[0]) focusOn(fresh[0].firstChild);
        }));
        thread.after(button);
    }

    async _try(act) {
        try {
            await act();
        } catch (error) {
            this._tell(error._fields?.[0]?.message ?? (error._fields ? error.message : this._say("failed")));
        }
    }

    _tell(words) {
        const notice = make("p", { part: "notice" }, words);
        this._notice.replaceChildren(notice);
        focusOn(notice);
    }

    _item({ id, name, text, url, staff, parent, removed, submitted_at, replies = [], next_replies }, depth = 0, above = parent && 0) {
        this._names.set(id, name);
        const article = make("article", { id: `comment-${id}`, part: "comment" });
        const item = make("li", {}, article);
        if (removed) article.append(make("h3", this._say("removed")));
        else {
            const date = new Date(submitted_at).toLocaleString(languageOf(this), { dateStyle: "long", timeStyle: "short" });
            const link = make("a", { href: this._urlOf(url) }, hidden(`${this._say("link")} `), make("time", { dateTime: submitted_at }, date));
            article.append(make("h3", name), staff ? `${this._say("staff")} ` : "", link);
            if (parent !== above && this._names.get(parent)) article.append(make("p", this._say("inReply", this._names.get(parent))));
            article.append(inText(text));
            const { open, thread_depth } = this._settings;
            if (open && (!thread_depth || depth < thread_depth)) {
                const reply = labelled(this._say("reply"), () => this._answer(id, reply), { "aria-label": this._say("replyTo", name) });
                article.append(reply);
            }
            if (!staff) article.append(make("a", { href: `${this._urlOf(url)}report/`, "aria-label": this._say("reportOf", name) }, this._say("report")));
        }
        if (replies.length) {
            const list = make("ol", {}, ...replies.map((each) => this._item(each, depth + 1, id)));
            item.append(list);
            this._goOn(list, next_replies, `${id}/replies/?limit=40`, this._say("moreReplies", name));
        }
        return item;
    }

    _urlOf(url) {
        return new URL(url, siteOf(this)).href;
    }

    _respond(...notices) {
        const field = (name, hint, input, words = name) => {
            const label = make("label", { htmlFor: name }, this._say(words));
            Object.assign(input, { id: name, name });
            this._hints[name] = make("p", { id: `${name}-hint`, className: "hint" }, hint ? this._say(hint) : "");
            input.setAttribute("aria-describedby", `${name}-hint`);
            return [label, this._hints[name], input];
        };
        this._hints = {};
        this._heading = make("h3", { id: "respond" });
        this._cancel = labelled(this._say("cancel"), () => this._answer());
        const notify = make("input", { type: "checkbox", id: "notify" });
        this._form = make("form", { noValidate: true, part: "form", onsubmit: () => { this._send(); return false; }, oninput: () => { this._key = ""; } },
            ...field("comment", "", make("textarea", { rows: 6 })),
            ...field("name", "nameHint", make("input", { autocomplete: "name", spellcheck: false })),
            ...field("email", "emailHint", make("input", { type: "email", autocomplete: "email" }), this._settings.email_required ? "email" : "emailOptional"),
            make("label", {}, notify, this._say("notify")),
            make("button", { part: "button" }, this._say("send")));
        this._errors = make("div", { role: "alert" });
        this._box = make("section", { "aria-labelledby": "respond", onkeydown: ({ key }) => { if (key === "Escape" && this._pressed) this._answer(); } },
            this._heading, ...notices.filter((words) => words).map((words) => make("p", words)), this._errors, this._form);
        this._answer();
        return this._box;
    }

    /** The one form moves under the comment that is answered, and back. */
    _answer(id = null, pressed = null) {
        const name = this._names.get(id);
        this._answered = id;
        this._heading.textContent = id ? this._say("replyTo", name) : this._say("leave");
        this._form.querySelector("label").textContent = id ? this._say("yourReply", name) : this._say("comment");
        if (id) pressed.closest("article").after(this._box);
        else this._notice.parentNode?.append(this._box);
        if (id) this._form.append(this._cancel);
        else this._cancel.remove();
        (id ? this._form.elements.comment : this._pressed)?.focus();
        this._pressed = pressed;
    }

    async _send() {
        if (this._busy) return;
        this._busy = true;
        const { comment, name, email, notify } = this._form.elements;
        const sent = { comment: comment.value, name: name.value, email: email.value, notify: notify.checked, reply_to: this._answered };
        this._key ||= crypto.getRandomValues(new Uint32Array(4)).join("-");
        this._mark([]);
        try {
            const headers = { "Content-Type": "application/json", "Idempotency-Key": this._key };
            const receipt = await this._read("", { method: "POST", headers, body: JSON.stringify(sent) });
            this._taken(receipt, sent);
        } catch (error) {
            this._mark(error._fields?.length ? error._fields : [{ message: error._fields ? error.message : this._say("failed") }]);
        }
        this._busy = false;
    }

    /** Everything that is wrong, each line a link to its field. */
    _mark(problems) {
        const { elements } = this._form;
        for (const name in this._hints) {
            const own = problems.filter(({ field }) => field === name).map(({ message }) => message).join(" ");
            const hint = this._hints[name];
            hint.querySelector("strong")?.remove();
            elements[name].ariaInvalid = own ? "true" : null;
            if (own) hint.prepend(make("strong", `${this._say("error")} ${own} `));
        }
        const lines = problems.map(({ field = "comment", message }) => {
            const onclick = () => { (elements[field] ?? elements.comment).focus(); return false; };
            return make("li", {}, make("a", { href: `#${field}`, onclick }, message));
        });
        this._errors.replaceChildren();
        if (!lines.length) return;
        this._errors.append(make("div", { part: "errors" }, make("h4", this._say("problem")), make("ul", {}, ...lines)));
        focusOn(this._errors.firstChild);
    }

    async _taken({ id, status, token }, { name, reply_to }) {
        this._key = this._form.elements.comment.value = "";
        this._pressed = null;
        this._answer();
        const own = { id, token, name, parent: reply_to, of: this._place() };
        if (token) keep([...kept(), own]);
        if (status === "approved") await this._load();
        else if (token) await this._try(() => this._show(own));
        this._tell(this._say(status === "approved" ? "published" : "held"));
    }

    _place() {
        return this._urlOf(pageOf(this));
    }

    /** Show what the reader of this browser has sent and may still see. */
    async _recall() {
        for (const own of kept()) {
            if (own.of === this._place()) await this._show(own).catch(({ _status }) => _status === 404 && forget(own));
        }
    }

    _ask(own, method, body) {
        const headers = { Authorization: `Bearer ${own.token}`, "Content-Type": "application/json" };
        return ask(`comments/${own.id}/`, this, { method, headers, body });
    }

    /** Held words where they would stand, or below those that are public; and what their author can do with them. */
    async _show(own) {
        const { text, public: seen, edit_waiting, editable_until } = await this._ask(own);
        const { id, name, parent } = own, at = (number) => this.shadowRoot.getElementById(`comment-${number}`);
        let article = at(id);
        if (seen && !article) return; // on a later page of the list
        if (!article) {
            article = make("article", { id: `comment-${id}`, part: "comment" });
            const item = make("li", {}, article), above = at(parent)?.parentNode;
            if (above) above.append(make("ol", {}, item));
            else this._thread.append(item);
        }
        article.querySelector(".own")?.remove();
        const box = make("div", { className: "own" });
        article.append(box);
        if (!seen || edit_waiting) {
            box.part = "held";
            if (!seen) box.append(make("h3", name));
            box.append(this._say("waiting"), inText(text), make("p", this._say("onlyYou")));
        }
        if (!editable_until) return;
        const edit = labelled(this._say("edit"), () => this._edit(own, box, text, edit));
        box.append(edit, labelled(this._say("withdraw"), () => this._try(async () => {
            await this._ask(own, "DELETE");
            forget(own);
            (seen ? article : article.parentNode).remove();
            this._tell(this._say("withdrawn"));
        })));
    }

    _edit(own, box, text, button) {
        const words = make("textarea", { id: `words-${own.id}`, rows: 6, value: text });
        const label = make("label", { htmlFor: words.id }, this._say("comment"));
        const leave = () => {
            form.replaceWith(...before);
            button.focus();
        };
        const save = () => {
            this._try(async () => {
                await this._ask(own, "PATCH", JSON.stringify({ comment: words.value }));
                await this._show(own);
                this._tell(this._say("held"));
            });
            return false;
        };
        const before = [...box.childNodes];
        const form = make("form", { onsubmit: save },
            label, words, make("button", { part: "button" }, this._say("save")), labelled(this._say("leaveIt"), leave));
        box.replaceChildren(form);
        words.focus();
    }
}

customElements.define("comment-count", CommentCount);
customElements.define(KEPT, ReaderComments);
