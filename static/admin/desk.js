/* The moderation desk by keys and without waiting. Every step is a button or a link of the page, pressed for the moderator. */

const AHEAD = 25; // cards to have in store, a page of them

class Desk extends window.StimulusModule.Controller {
    static targets = ["card", "list", "toast", "empty", "selected", "more"];

    connect() {
        this.decided = [];
        this.gone = new Set();
        this.leaving = new Promise((resolve) => addEventListener("pagehide", resolve));
    }

    get current() {
        return document.activeElement.closest(".desk-card") ?? (this.last?.isConnected ? this.last : this.cardTargets[0]);
    }

    get words() {
        return this.element.dataset;
    }

    /** A sentence about a number, in the form its language has for it: the page brings that of a number of every kind. */
    inWords(number, forms) {
        const { lang } = document.documentElement;
        const rules = new Intl.PluralRules(lang);
        const [, words] = Object.entries(JSON.parse(forms)).find(([each]) => rules.select(Number(each)) === rules.select(number));
        return words.replace("{number}", number.toLocaleString(lang));
    }

    get ticked() {
        return this.cardTargets.filter((card) => card.querySelector(".desk-tick").checked);
    }

    focusOn(card) {
        this.last = card;
        card?.focus({ preventScroll: true });
        card?.scrollIntoView({ block: "nearest" });
    }

    move(step) {
        const cards = this.cardTargets;
        const at = document.activeElement.closest(".desk-card") ? cards.indexOf(this.current) + step : cards.indexOf(this.current);
        this.focusOn(cards[Math.max(0, Math.min(cards.length - 1, at))]);
    }

    next() { this.move(1); }

    previous() { this.move(-1); }

    tick() {
        this.current?.querySelector(".desk-tick").click();
    }

    count() {
        const number = this.ticked.length;
        this.none ??= this.selectedTarget.textContent;
        this.selectedTarget.textContent = number ? this.inWords(number, this.words.selected) : this.none;
    }

    /** A key presses the card's own button, or that of the batch when cards are ticked. */
    press({ params }) {
        const form = this.ticked.length ? document.getElementById("staff-batch") : this.current?.querySelector("form");
        const button = form?.querySelector(`button[value="${params.what}"]`);
        if (button) form.requestSubmit(button);
        else if (form) this.say(this.words.impossible);
    }

    follow({ params }) {
        const card = this.current;
        if (!card) return;
        if (params.what === "o") window.open(card.querySelector("[data-key=o]").href, "_blank", "noopener");
        else location.href = `${card.querySelector("[data-key=more]").href}#${params.what}`;
    }

    tab({ params }) {
        document.querySelector(`[data-tab="${params.what}"]`).click();
    }

    /** The card leaves at once and comes back if the server says no. */
    async decide(event) {
        event.preventDefault();
        const form = event.target;
        const item = form.closest("li");
        const step = { item, url: form.action, before: item.nextElementSibling };
        const sent = new FormData(form, event.submitter);
        this.gone.add(item.firstElementChild.id);
        this.focusOn((item.nextElementSibling ?? item.previousElementSibling)?.querySelector(".desk-card"));
        item.remove();
        this.decided.push(step);
        step.saved = this.send(step.url, sent);
        const answer = await step.saved;
        if (answer.ok) this.say(answer.words, true);
        else {
            this.decided = this.decided.filter((each) => each !== step);
            this.putBack(step);
            this.say(answer.words);
        }
        this.tally(answer.waiting);
        this.refill();
    }

    async undo() {
        const step = this.decided.pop();
        if (!step) {
            this.say(this.words.nothingToUndo);
            return;
        }
        const { version } = await step.saved;
        const sent = new FormData(step.item.querySelector("form"));
        sent.set("version", version);
        sent.set("do", "restore");
        const answer = await this.send(step.url, sent);
        this.say(answer.ok ? this.words.undone : answer.words);
        if (!answer.ok) return;
        step.item.querySelector("[name=version]").value = answer.version;
        const tick = step.item.querySelector(".desk-tick");
        tick.value = `${tick.value.split(":")[0]}:${answer.version}`;
        this.putBack(step);
        this.tally(answer.waiting);
    }

    putBack({ item, before }) {
        this.gone.delete(item.firstElementChild.id);
        this.listTarget.insertBefore(item, before?.isConnected ? before : null);
        this.emptyTarget.hidden = true;
        this.focusOn(item.querySelector(".desk-card"));
    }

    /** One after the other, so that the server has time for the next cards; whoever leaves sends all that is left. */
    send(url, body) {
        this.sent = Promise.race([this.sent, this.leaving]).then(() => this.post(url, body));
        return this.sent;
    }

    async post(url, body) {
        try {
            const response = await fetch(url, { method: "POST", body, headers: { Accept: "application/json" }, keepalive: true });
            return { ok: response.ok, ...await response.json() };
        } catch {
            return { ok: false, words: this.words.notSaved };
        }
    }

    /** The next ones are there before the last is decided: those behind the link to them; at the end, those that came since. */
    async refill() {
        const left = this.cardTargets.length, more = this.moreTarget.querySelector("a");
        this.emptyTarget.hidden = left > 0;
        if (this.filling || left > (more ? AHEAD : 0)) return;
        this.filling = true;
        try {
            if (!more) await this.sent;
            const page = new DOMParser().parseFromString(await (await fetch(more?.href ?? location.href)).text(), "text/html");
            const next = page.querySelector("[data-desk-target=more]");
            const fresh = [...page.querySelectorAll(".desk-list > li")].filter(({ firstElementChild: card }) => !this.gone.has(card.id) && !document.getElementById(card.id));
            this.listTarget.append(...fresh);
            if (more && next) this.moreTarget.replaceWith(next);
            this.emptyTarget.hidden = this.cardTargets.length > 0;
            if (!document.activeElement.closest(".desk-card")) this.focusOn(this.cardTargets[0]);
        } catch { /* the moderator goes on with what is there; the page's own link leads to the rest */
        } finally {
            this.filling = false;
        }
    }

    tally(waiting) {
        const held = document.querySelector('[data-tab="1"] .staff-number');
        if (waiting !== undefined && !held.textContent.endsWith("+")) held.textContent = waiting.toLocaleString(document.documentElement.lang);
    }

    say(words, undoable = false) {
        const toast = this.toastTarget;
        toast.replaceChildren(words);
        if (undoable) {
            const undo = matchMedia("(hover: none)").matches ? this.words.undo : this.words.undoByKey;
            const button = Object.assign(document.createElement("button"), { type: "button", className: "button button-small button-secondary", textContent: undo });
            button.addEventListener("click", () => this.undo());
            toast.append(button);
        }
        clearTimeout(this.timer);
        this.timer = setTimeout(() => toast.replaceChildren(), 10000);
    }
}

window.wagtail.app.register("desk", Desk);
