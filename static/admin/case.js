/* A saved reply is put into the field at once, after what stands there. Without this its link brings the page with it. */

document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-saved-reply]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const field = document.querySelector("#reply textarea");
    field.value = [field.value.trimEnd(), link.dataset.savedReply].filter(Boolean).join("\n\n");
    field.focus();
});
