/* Asks the browser for a passkey, and sends its answer with the form. Without this, codes do. */

const form = document.querySelector("form[data-passkey]");

const ask = async (wish) => {
    const { PublicKeyCredential: key, navigator: { credentials } } = window;
    return form.dataset.passkey === "create"
        ? credentials.create({ publicKey: key.parseCreationOptionsFromJSON(wish) })
        : credentials.get({ publicKey: key.parseRequestOptionsFromJSON(wish) });
};

const send = async () => {
    const fault = form.querySelector("[data-passkey-fault]");
    fault.textContent = "";
    if (form.dataset.passkey === "create" && !form.reportValidity()) {
        return;
    }
    try {
        const wish = JSON.parse(document.getElementById("passkey-wish").textContent);
        form.elements.credential.value = JSON.stringify((await ask(wish)).toJSON());
        if (form.elements.code) {
            form.elements.code.value = "";
        }
        form.submit();
    } catch (error) {
        fault.textContent = error.name === "InvalidStateError" ? fault.dataset.exists : fault.dataset.unused;
    }
};

if (form && window.PublicKeyCredential?.parseCreationOptionsFromJSON) {
    const button = form.querySelector("[data-passkey-button]");
    button.hidden = false;
    button.addEventListener("click", send);
    form.querySelector("[data-passkey-missing]")?.remove();
}
