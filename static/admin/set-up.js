/* The front page follows what is typed; a colour can be picked; a test mail is watched. Without this, buttons do it. */

const PAUSE = 500; // milliseconds after the last change
const LOOK_AGAIN = 2000;
const FRAME = "set-up-preview";

class SetUp extends window.StimulusModule.Controller {
    static targets = ["form", "button", "shown", "outcome", "again"];

    connect() {
        const accent = this.element.querySelector("[name=accent]");
        if (accent) this.addPicker(accent);
        if (this.isTouched()) this.change({ target: this.formTarget });
    }

    /* Something was typed before this script came, or the browser has brought it back. */
    isTouched() {
        const fields = this.hasFormTarget ? [...this.formTarget.elements] : [];
        return fields.some((field) => "defaultValue" in field && field.type !== "file" && field.value !== field.defaultValue);
    }

    disconnect() {
        clearTimeout(this.waiting);
        clearTimeout(this.watching);
    }

    change({ target }) {
        if (target.files?.[0]?.size > Number(target.dataset.most)) this.refuse(target);
        if (!this.hasButtonTarget) return;
        clearTimeout(this.waiting);
        this.waiting = setTimeout(() => this.show(), PAUSE);
    }

    /* Said before it travels: a form that is far too long is refused as a whole. */
    refuse(field) {
        field.value = "";
        field.setCustomValidity(field.dataset.tooBig);
        field.reportValidity();
        field.setCustomValidity("");
    }

    /* A frame of its own for each preview: it leaves no entry in the history, and the last one stays until it is there. */
    show() {
        const last = this.shownTarget.querySelector(`[name=${FRAME}]`);
        this.shownTarget.querySelectorAll(".set-up-coming").forEach((frame) => frame.remove());
        const next = last.cloneNode();
        next.removeAttribute("src");
        next.className = "set-up-coming";
        last.removeAttribute("name");
        last.contentWindow.name = ""; // which Chromium would still find by it
        this.shownTarget.append(next);
        next.addEventListener("load", () => this.exchange(last, next));
        this.send();
    }

    exchange(last, next) {
        if (next.contentWindow?.location.href === "about:blank") return;
        next.contentWindow.scrollTo(0, last.contentWindow.scrollY);
        next.className = "";
        last.remove();
    }

    /* The picture for shared links is not on the front page, and need not travel each time. */
    send() {
        const files = [...this.formTarget.querySelectorAll("[name=social_file]")].filter((field) => !field.disabled);
        files.forEach((field) => (field.disabled = true));
        this.formTarget.requestSubmit(this.buttonTarget);
        files.forEach((field) => (field.disabled = false));
    }

    addPicker(accent) {
        const picker = Object.assign(document.createElement("input"), { type: "color" });
        picker.setAttribute("aria-label", accent.dataset.pick);
        const both = Object.assign(document.createElement("div"), { className: "set-up-colour" });
        const follow = () => (picker.value = /^#[0-9a-f]{6}$/i.test(accent.value) ? accent.value : accent.placeholder);
        accent.replaceWith(both);
        both.append(picker, accent);
        follow();
        accent.addEventListener("input", follow);
        picker.addEventListener("input", () => (accent.value = picker.value));
    }

    outcomeTargetConnected() {
        if (this.hasAgainTarget) this.againTarget.hidden = true;
        this.watch();
    }

    watch() {
        this.watching = setTimeout(async () => {
            const answer = await fetch(window.location.href);
            if (!answer.ok) return;
            const page = new DOMParser().parseFromString(await answer.text(), "text/html");
            const said = page.querySelector("[data-set-up-target=outcome]")?.textContent ?? "";
            if (said && said !== this.outcomeTarget.textContent) this.outcomeTarget.textContent = said;
            this.watch();
        }, LOOK_AGAIN);
    }
}

window.wagtail.app.register("set-up", SetUp);
