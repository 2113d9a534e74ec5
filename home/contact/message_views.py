"""One message before staff: ``/admin/messages/<id>/``."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from wagtail.admin import messages
from wagtail.models import ModelLogEntry

from cms.outbox import queries as outbox
from home.contact import actions, mail, replies, store
from home.contact.admin_views import StaffView, number, see_other
from home.contact.forms import NoteForm
from home.contact.models import DELETE, Attachment, ContactMessage

LATE = "Somebody else was first. Nothing was changed."
MOVES = {
    "handle": (actions.mark_handled, "Marked as handled."),
    "reopen": (actions.mark_unhandled, "Put back to new."),
    "spam": (actions.mark_as_spam, "Marked as spam."),
    "not-spam": (actions.mark_as_no_spam, "Put back to new, and mailed to staff."),
}


class FileView(StaffView):
    """A file as a download of no type a browser would open, for who may read its message."""

    http_method_names = ("get", "head")

    def get(self, request: HttpRequest, message_id: int, attachment_id: int) -> HttpResponse:
        seen = ContactMessage.objects.visible_to(request.user).numbered(message_id)
        found = Attachment.objects.filter(message__in=seen, pk=number(str(attachment_id))).first()
        content = store.read(found.stored_as) if found else None
        if content is None:
            raise Http404
        headers = {
            "Content-Disposition": f'attachment; filename="message-{message_id}-{found.pk}.{found.kind}"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        }
        return HttpResponse(content, content_type="application/octet-stream", headers=headers)


class MessageView(StaffView):
    template_name = "home/contact/admin/message.html"
    http_method_names = ("get", "head", "post")

    def get(self, request: HttpRequest, message_id: int) -> HttpResponse:
        return self.show(self.find(message_id))

    def post(self, request: HttpRequest, message_id: int) -> HttpResponse:
        """Carry out one button of the page."""
        message, do = self.find(message_id), request.POST.get("do", "")
        if do in MOVES:
            verb, done = MOVES[do]
            return self.again(message, verb(message, by=request.user), done)
        act = self.acts().get(do)
        if act is None:
            return HttpResponse("Unknown action.", status=400, content_type="text/plain")
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
        wanted = number(self.request.POST.get("to", ""))
        to = next((user for user in actions.may_be_assigned(message) if user.pk == wanted), None)
        if wanted and to is None:
            return HttpResponse("Nobody who may read it.", status=422, content_type="text/plain")
        done = f"Assigned to {to.get_username()}." if to else "Assigned to nobody."
        return self.again(message, actions.assign(message, to, by=self.request.user), done)

    def note(self, message: ContactMessage) -> HttpResponse:
        form = NoteForm(self.request.POST)
        if not form.is_valid():
            return self.show(message, status=422, note=form)
        actions.note(message, form.cleaned_data["note"], by=self.request.user)
        return self.again(message, True, "Noted.")

    def send_again(self, message: ContactMessage) -> HttpResponse:
        delivery = number(self.request.POST.get("delivery", ""))
        sent = actions.send_again(message, delivery, by=self.request.user)
        return self.again(message, sent, "It is sent again.")

    def delete(self, message: ContactMessage) -> HttpResponse:
        actions.delete(message, by=self.request.user)
        messages.success(self.request, f"Message {message.pk} deleted for good.")
        return see_other(reverse("home_contact:inbox"))

    def again(self, message: ContactMessage, changed: bool, done: str) -> HttpResponse:
        if changed:
            messages.success(self.request, done)
        else:
            messages.warning(self.request, LATE)
        return see_other(reverse("home_contact:message", args=[message.pk]))

    def find(self, message_id: int) -> ContactMessage:
        """Raises Http404 for one that is not there, or not for this person."""
        seen = ContactMessage.objects.visible_to(self.request.user).numbered(message_id)
        return get_object_or_404(seen.select_related("handled_by", "assigned_to"))

    def show(
        self, message: ContactMessage, *, status: int = 200, sure: bool = False, note: NoteForm | None = None
    ) -> HttpResponse:
        may_delete = self.request.user.has_perm(DELETE)
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
        """Every mail about a message, with whom it goes to."""
        to = {f"recipient:{row.pk}": row.address for row in message.recipients.all()}
        rows = outbox.about(mail.EVENTS, [message.pk])
        return [{"row": row, "to": to.get(row.recipient, "the visitor")} for row in rows]

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        inbox = {"url": reverse("home_contact:inbox"), "label": self.page_title}
        return [*self.breadcrumbs_items, inbox, {"url": "", "label": f"Message {self.kwargs['message_id']}"}]
