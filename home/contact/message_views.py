"""One message, for staff: ``/admin/messages/<id>/``."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.models import ModelLogEntry

from cms.credentials import staff
from cms.http.admin_page import Above
from cms.http.redirects import see_other
from cms.outbox import queries as outbox
from cms.outbox.models import Delivery, Failure
from cms.outbox.models import State as DeliveryState
from cms.text.numbers import read_number
from home.contact import actions, mail, replies, store
from home.contact.admin_views import InboxPage
from home.contact.forms import NoteForm
from home.contact.models import DELETE, Attachment, ContactMessage

LATE = _("Someone else changed this message first. Nothing was changed.")
MOVES = {
    "handle": (actions.mark_handled, _("Marked as handled.")),
    "reopen": (actions.mark_unhandled, _("Put back to new.")),
    "spam": (actions.mark_as_spam, _("Marked as spam.")),
    "not-spam": (actions.mark_as_not_spam, _("Put back to new, and mailed to staff.")),
}


class FileView(InboxPage):
    """A file, for those who may read its message: a download of a type that no browser opens."""

    http_method_names = ("get", "head")

    def get(self, request: HttpRequest, message_id: int, attachment_id: int) -> HttpResponse:
        visible = ContactMessage.objects.visible_to(staff.of(request)).numbered(message_id)
        file = Attachment.objects.filter(message__in=visible, pk=read_number(attachment_id)).first()
        content = store.read(file.stored_as) if file else None
        if file is None or content is None:
            raise Http404
        headers = {
            "Content-Disposition": f'attachment; filename="message-{message_id}-{file.pk}.{file.kind}"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        }
        return HttpResponse(content, content_type="application/octet-stream", headers=headers)


class MessageView(InboxPage):
    template_name = "home/contact/admin/message.html"
    http_method_names = ("get", "head", "post")

    def get(self, request: HttpRequest, message_id: int) -> HttpResponse:
        return self.show(self.find(message_id))

    def post(self, request: HttpRequest, message_id: int) -> HttpResponse:
        """Carry out one button of the page."""
        message, do = self.find(message_id), request.POST.get("do", "")
        if do in MOVES:
            verb, done = MOVES[do]
            return self.redirect_with_result(message, verb(message, by=staff.of(request)), done)
        act = self.acts().get(do)
        if act is None:
            return HttpResponse(gettext("Unknown action."), status=400, content_type="text/plain")
        return act(message)

    def acts(self) -> dict[str, Callable[[ContactMessage], HttpResponse]]:
        return {
            "assign": self.assign,
            "note": self.note,
            "send-again": self.send_again,
            "delete": lambda message: self.show(message, sure=True),
            "delete for good": self.delete,
        }

    def assign(self, message: ContactMessage) -> HttpResponse:
        pk = read_number(self.request.POST.get("to", ""))
        to = next((user for user in actions.may_be_assigned(message) if user.pk == pk), None)
        if pk and to is None:
            return HttpResponse(
                gettext("That person cannot read this message."), status=422, content_type="text/plain"
            )
        done = gettext("Assigned to %(user)s.") if to else gettext("No longer assigned to anyone.")
        return self.redirect_with_result(
            message,
            actions.assign(message, to, by=staff.of(self.request)),
            done % {"user": to.get_username() if to else ""},
        )

    def note(self, message: ContactMessage) -> HttpResponse:
        form = NoteForm(self.request.POST)
        if not form.is_valid():
            return self.show(message, status=422, note=form)
        actions.note(message, form.cleaned_data["note"], by=staff.of(self.request))
        return self.redirect_with_result(message, True, gettext("Note saved."))

    def send_again(self, message: ContactMessage) -> HttpResponse:
        delivery = read_number(self.request.POST.get("delivery", "")) or 0
        sent = actions.send_again(message, delivery, by=staff.of(self.request))
        return self.redirect_with_result(message, sent, gettext("The email will be sent again."))

    def delete(self, message: ContactMessage) -> HttpResponse:
        actions.delete(message, by=staff.of(self.request))
        done = gettext("Message %(number)s deleted for good.")
        messages.success(self.request, done % {"number": message.pk})
        return see_other(reverse("home_contact:inbox"))

    def redirect_with_result(
        self, message: ContactMessage, changed: bool, done: str | Promise
    ) -> HttpResponse:
        if changed:
            messages.success(self.request, done)
        else:
            messages.warning(self.request, LATE)
        return see_other(reverse("home_contact:message", args=[message.pk]))

    def find(self, message_id: int) -> ContactMessage:
        """Raises Http404 for one that does not exist, or that this person may not read."""
        visible = ContactMessage.objects.visible_to(staff.of(self.request)).numbered(message_id)
        return get_object_or_404(visible.select_related("handled_by", "assigned_to"))

    def show(
        self, message: ContactMessage, *, status: int = 200, sure: bool = False, note: NoteForm | None = None
    ) -> HttpResponse:
        may_delete = staff.of(self.request).has_perm(DELETE)
        context = self.get_context_data(
            message=message,
            mailto=replies.mailto(message),
            mails=self.mails(message),
            files=message.attachments.all(),
            notes=message.notes.select_related("by"),
            note_form=note or NoteForm(),
            staff=actions.may_be_assigned(message),
            history=ModelLogEntry.objects.for_instance(message).select_related("user").order_by("pk"),
            may_delete=may_delete,
            sure=sure and may_delete,
        )
        return self.render_to_response(context, status=status)

    def mails(self, message: ContactMessage) -> list[dict[str, Any]]:
        """Return every mail about a message, and what to say of it."""
        to = {f"recipient:{row.pk}": row.address for row in message.recipients.all()}
        rows = outbox.about(mail.EVENTS, [message.pk])
        return [{"row": row, "words": _in_words(row, to.get(row.recipient, ""))} for row in rows]

    def above(self) -> Above:
        return [(reverse("home_contact:inbox"), self.page_title)]

    def own_label(self) -> str:
        return gettext("Message %(number)s") % {"number": self.kwargs["message_id"]}


def _in_words(row: Delivery, address: str) -> str:
    """Say to whom a mail went, what became of it, and what the server answered last."""
    at = row.finished_at or (row.due_at if row.attempts else None)
    words = {
        "to": address or gettext("the visitor"),
        "state": row.get_state_display(),
        "count": row.attempts,
        "at": date_format(timezone.localtime(at), "DATETIME_FORMAT") if at else "",
    }
    if row.finished_at:
        said = gettext("To %(to)s: %(state)s, %(at)s") % words
    elif row.attempts:
        said = ngettext(
            "To %(to)s: %(state)s, tried %(count)s time, next %(at)s",
            "To %(to)s: %(state)s, tried %(count)s times, next %(at)s",
            row.attempts,
        )
        said %= words
    else:
        said = gettext("To %(to)s: %(state)s") % words
    if answer := _answer(row):
        said = f"{said} ({answer})"
    if row.drops and row.state != DeliveryState.SENT:
        return gettext("%(what)s: it may have arrived all the same") % {"what": said}
    return said


def _answer(row: Delivery) -> str:
    """Return why a mail was not taken: in our words where only they explain it, else in the server's."""
    if row.failure == Failure.LETTERS and row.state == DeliveryState.FAILED:
        return row.get_failure_display()
    return row.last_answer if row.state != DeliveryState.SENT else ""
