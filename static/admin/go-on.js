/* A long act goes on from page to page by itself. Without this, its button is pressed by hand. */

class GoOn extends window.StimulusModule.Controller {
    connect() {
        this.element.requestSubmit();
    }
}

window.wagtail.app.register("go-on", GoOn);
