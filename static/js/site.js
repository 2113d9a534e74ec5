/* Shortens trips. Every link and form here works without it; what only a script can do is put into the page by it. */

const one = (selector, root = document) => root.querySelector(selector);
const make = (tag, properties) => Object.assign(document.createElement(tag), properties);

const live = make("div", { className: "vh", role: "status" });
document.body.append(live);

/** Tell screen readers, also when the same words come twice. */
function say(words) {
    live.textContent = "";
    setTimeout(() => { live.textContent = words; }, 50);
}

/** Private windows and full disks refuse storage; the page goes on without. */
function stored(storage, key, value) {
    try {
        if (value === undefined) return window[storage].getItem(key) ?? "";
        if (value) window[storage].setItem(key, value);
        else window[storage].removeItem(key);
    } catch { /* nothing is kept */ }
    return "";
}

/** A sentence about a number, in the form its language has for it: the page brings that of a number of every kind. */
function inWords(number, forms) {
    const { lang } = document.documentElement;
    const rules = new Intl.PluralRules(lang);
    const [, words] = Object.entries(JSON.parse(forms)).find(([each]) => rules.select(Number(each)) === rules.select(number));
    return words.replace("{number}", number.toLocaleString(lang));
}

function focusOn(element) {
    element.tabIndex = -1;
    element.focus();
}

/** A summary's link brings the label into view, not only the input below it. */
function followErrorLink(event) {
    const link = event.target.closest(".errors a");
    const field = link && document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    (field.labels?.[0] ?? field).scrollIntoView();
    field.focus({ preventScroll: true });
}

/** One press, one post. Back from another page the button is ready again. */
function guardSubmit(form) {
    const button = one("[type=submit]", form);
    const release = () => button.removeAttribute("aria-disabled");
    form.addEventListener("submit", (event) => {
        if (button.getAttribute("aria-disabled")) event.preventDefault();
        else button.setAttribute("aria-disabled", "true");
        setTimeout(release, 4000);
    });
    addEventListener("pageshow", release);
    form.addEventListener("keydown", (event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit(button);
    });
}

/** Says how much room is left, from nine tenths of the limit on. */
function countDown(area) {
    if (area.maxLength < 0 || !area.dataset.left) return;
    const words = make("p", { className: "count", role: "status" });
    area.after(words);
    area.addEventListener("input", () => {
        const left = area.maxLength - area.value.length;
        words.textContent = left <= area.maxLength / 10 ? inWords(left, area.dataset.left) : "";
    });
}

/** What is being written survives a reload, in this tab only, until a comment was taken. */
function keepDraft(area) {
    const key = `draft ${location.pathname}`;
    if (one("#comment-notice")) stored("sessionStorage", key, "");
    area.value ||= stored("sessionStorage", key);
    area.addEventListener("input", () => stored("sessionStorage", key, area.value));
}

/** Name and address on this device, never in a cookie: cached pages stay the same for everybody. */
function offerToRemember(form) {
    const fields = ["name", "email"].map((name) => form.elements[name]);
    const key = (field) => `commenter ${field.name}`;
    const row = make("div", { className: "check" });
    const box = make("input", { type: "checkbox", id: "remember-me" });
    box.checked = fields.some((field) => stored("localStorage", key(field)));
    row.append(box, make("label", { htmlFor: box.id, textContent: form.dataset.remember }));
    one(".check", form).after(row);
    const keep = () => fields.forEach((field) => stored("localStorage", key(field), box.checked ? field.value : ""));
    for (const field of fields) field.value ||= stored("localStorage", key(field));
    box.addEventListener("change", keep);
    form.addEventListener("submit", keep);
}

/** The one form moves under the comment that is answered, and back. */
function moveForReplies(form) {
    const box = form.closest(".respond");
    const title = one("h2", box);
    const label = one(`label[for="${form.elements.comment.id}"]`);
    const first = [form.elements.reply_to.defaultValue, title.textContent, label.textContent];
    const place = document.createComment("the form's own place");
    const { cancelReply, replyTo, yourReply } = form.dataset;
    const cancel = one("[data-cancel]", form) ?? make("a", { className: "button button-quiet", textContent: cancelReply, href: "#comments" });
    let pressed = null;
    box.before(place);

    const answer = (...words) => {
        [form.elements.reply_to.value, title.textContent, label.textContent] = words;
    };
    const open = (link) => {
        pressed = link;
        link.closest("article").after(box);
        one(".actions", form).append(cancel);
        const name = () => link.dataset.name; // as a function, so that no "$&" in it means anything
        answer(link.dataset.reply, replyTo.replace("{name}", name), yourReply.replace("{name}", name));
        form.elements.comment.focus();
    };
    const close = () => {
        place.after(box);
        cancel.remove();
        answer(...first);
        pressed.focus();
        pressed = null;
    };

    document.addEventListener("click", (event) => {
        const link = event.target.closest("a[data-reply]");
        if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        open(link);
    });
    cancel.addEventListener("click", (event) => {
        if (!pressed) return;
        event.preventDefault();
        close();
    });
    box.addEventListener("keydown", (event) => {
        if (event.key === "Escape" && pressed) close();
    });
}

/** The system's own sheet where there is one, else the address on the clipboard. */
function offerToShare(row) {
    const { shareUrl: url, shareTitle: title, share, copy, copied } = row.dataset;
    const words = navigator.share ? share : copy;
    const button = make("button", { type: "button", className: "button button-quiet", textContent: words });
    row.prepend(button);
    button.addEventListener("click", async () => {
        try {
            if (navigator.share) return await navigator.share({ title, url });
            await navigator.clipboard.writeText(url);
            button.textContent = copied;
            say(copied);
            setTimeout(() => { button.textContent = words; }, 3000);
        } catch { /* the reader closed the sheet, or the clipboard is shut */ }
    });
}

/** A page of ours as a document. No string is made into one: the policy (Trusted Types) lets no script do that. */
function fetchPage(url) {
    const asked = Object.assign(new XMLHttpRequest(), { responseType: "document" });
    return new Promise((resolve, reject) => {
        asked.onloadend = () => asked.status === 200 && asked.response ? resolve(asked.response) : reject(new Error(asked.status));
        asked.open("GET", url);
        asked.send();
    });
}

/** The same link, fetched and appended to the list before it; focus goes to the first new comment. */
async function loadMore(event) {
    const link = event.target.closest("a[data-more]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (link.getAttribute("aria-disabled")) return;
    link.setAttribute("aria-disabled", "true");
    try {
        const page = await fetchPage(link.href);
        for (const item of page.querySelectorAll("#thread li")) if (document.getElementById(one("article", item).id)) item.remove();
        const fresh = [...page.querySelectorAll("#thread > li")];
        const row = link.parentElement;
        row.previousElementSibling.append(...fresh);
        row.replaceWith(...page.querySelectorAll("#thread + .more"));
        if (fresh.length) focusOn(one("article", fresh[0]));
        say(inWords(fresh.length, one("#comments").dataset.loaded));
    } catch {
        location.href = link.href;
    }
}

/** Readers whose clocks say the same as the site's need not be told which they are. */
function hideOwnZone(line) {
    const clock = (timeZone) => new Intl.DateTimeFormat("en", { timeZone, dateStyle: "short", timeStyle: "short" });
    const times = [...document.querySelectorAll("#comments time")].map((each) => new Date(each.dateTime));
    try {
        const [there, here] = [clock(line.dataset.zone), clock()];
        line.hidden = times.every((time) => there.format(time) === here.format(time));
    } catch { /* this browser does not know the zone */ }
}

document.addEventListener("click", followErrorLink);
document.addEventListener("click", loadMore);
document.querySelectorAll("form[method=post]").forEach(guardSubmit);
document.querySelectorAll("form textarea").forEach(countDown);
document.querySelectorAll("[data-zone]").forEach(hideOwnZone);
document.querySelectorAll("[data-share-url]").forEach(offerToShare);

const commentForm = one("#comment-form");
if (commentForm) {
    keepDraft(commentForm.elements.comment);
    offerToRemember(commentForm);
    moveForReplies(commentForm);
} else if (one("#comment-notice")) {
    stored("sessionStorage", `draft ${location.pathname}`, "");
}

const announced = one("[data-take-focus]");
if (announced) focusOn(announced);
