/*
 * Words that were typed before Wagtail looks are changes, too.
 *
 * Wagtail 8.0 takes a form as it is two seconds after it was opened, and as it is when a save has been
 * answered, for what is stored: what was typed by then was neither saved by itself nor shown by the preview
 * before the next key. `test_editing` fails when this is not needed any more.
 */

(() => {
    const NOT_AS_STORED = "?";
    let typedAt = -1;
    let sentAt = 0;

    for (const kind of ["beforeinput", "input", "change"]) {
        document.addEventListener(
            kind,
            (event) => {
                if (event.isTrusted && event.target.closest?.("[data-edit-form]")) typedAt = performance.now();
            },
            true,
        );
    }
    document.addEventListener("w-autosave:save", () => {
        sentAt = performance.now();
    });
    document.addEventListener("w-unsaved:watch-edits", (event) => {
        if (typedAt < sentAt) return;
        const form = window.wagtail.app.getControllerForElementAndIdentifier(event.target, "w-unsaved");
        form.initialFormData = form.previousFormData = NOT_AS_STORED;
    });
})();
