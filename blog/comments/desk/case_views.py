"""One comment as a moderator sees it: its history, its author, and the rarer actions."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages

from blog.comments.desk import dossier
from blog.comments.desk.cards import card
from blog.comments.desk.forms import CaseForm, PrefillForm
from blog.comments.desk.outcomes import one_moved, why_not
from blog.comments.desk.views import DeskView, UnderDeskView, unknown_action
from blog.comments.models import ReaderComment, Refusal, SavedReply, Subscription
from blog.comments.moderation import actions, people
from blog.comments.posting.forms import WordsForm
from blog.comments.reading import queries
from blog.comments.rules import verdicts
from blog.comments.states import Ban, Status
from cms import vault
from cms.credentials import staff
from cms.http.redirects import see_other

OTHERS_SHOWN = 20
OF_THIS_PERSON = {
    Ban.HOLD: _("Hold every comment by this person"),
    Ban.REFUSE: _("Put every comment by this person in the trash"),
}
NOT_ASKED = _("The author did not ask for email: none is sent.")
UNSUBSCRIBED = _("The author has unsubscribed: no email is sent.")
ASKED = _("The author asked for email: one is sent a minute later, with the text shown below the reason.")
UNCONFIRMED = _("The author asked for email but has not confirmed the address: none is sent until they do.")


class CaseView(UnderDeskView):
    page_title = _("Comment")
    template_name = "blog/comments/admin/case.html"

    def get(self, request: HttpRequest, comment_id: int) -> HttpResponse:
        return self.show(request, self.find(comment_id), reply=self.prefilled(request))

    def post(self, request: HttpRequest, comment_id: int) -> HttpResponseBase:
        """Carry out what a form on the page asks; anything else is left to the desk."""
        acts = {
            "reply": self.reply,
            "reword": self.reword,
            "refuse": self.refuse,
            "delete": self.remove,
            "person": self.person,
        }
        act = acts.get(request.POST.get("case", ""))
        if act is None:
            return DeskView.as_view()(request, comment_id)
        comment, form = self.find(comment_id), CaseForm(request.POST)
        if not form.is_valid():
            return unknown_action()
        try:
            return act(request, comment, form.cleaned_data)
        except (actions.StaleError, actions.NothingLeftError) as error:
            messages.warning(request, why_not(error))
            return self.show(request, self.find(comment_id), status=409, **self.typed(request))
        except vault.AddressUnreadableError:
            messages.error(request, people.UNREADABLE)
            return self.show(request, comment, status=409)

    def reply(self, request: HttpRequest, comment: ReaderComment, sent: dict[str, Any]) -> HttpResponse:
        """Reply from the moderator's account, which approves a held comment."""
        words = WordsForm(request.POST)
        if not words.is_valid():
            return self.show(request, comment, status=422, **self.typed(request))
        text = words.cleaned_data["comment"]
        actions.reply(comment, text, by=staff.of(request), version=sent["version"])
        messages.success(request, gettext("You replied to %(name)s.") % {"name": comment.user_name})
        return see_other(reverse("blog_comments:desk"))

    def reword(self, request: HttpRequest, comment: ReaderComment, sent: dict[str, Any]) -> HttpResponse:
        words = WordsForm(request.POST)
        if not words.is_valid():
            return self.show(request, comment, status=422, **self.typed(request))
        text = words.cleaned_data["comment"]
        actions.edit(comment, text, by=staff.of(request), version=sent["version"])
        return self.again(request, comment, gettext("Comment changed. Earlier versions are listed below."))

    def refuse(self, request: HttpRequest, comment: ReaderComment, sent: dict[str, Any]) -> HttpResponse:
        """Put it in the trash for a reason, which is sent to the author if they asked for email."""
        moved = actions.trash(comment, by=staff.of(request), version=sent["version"], refusal=sent["refusal"])
        return self.again(request, comment, one_moved(actions.trash, moved))

    def remove(self, request: HttpRequest, comment: ReaderComment, sent: dict[str, Any]) -> HttpResponse:
        if not sent["sure"]:
            messages.warning(request, gettext("Tick the box to delete for good."))
            return self.show(request, comment, status=422)
        actions.delete(comment, by=staff.of(request), version=sent["version"])
        gone = gettext("Comment by %(name)s deleted for good.")
        messages.success(request, gone % {"name": comment.user_name})
        return see_other(reverse("blog_comments:desk"))

    def person(self, request: HttpRequest, comment: ReaderComment, sent: dict[str, Any]) -> HttpResponse:
        """Ban the author or lift the ban, leave a note, or reveal the address."""
        if comment.reader is None:
            return HttpResponse(
                gettext("The author of this comment is unknown."), status=400, content_type="text/plain"
            )
        if sent["reveal"]:
            return self.show(request, comment, address=people.reveal(comment.reader, by=staff.of(request)))
        if sent["note"]:
            people.note(comment.reader, sent["note"], by=staff.of(request))
            return self.again(request, comment, gettext("Note saved."))
        if sent["ban"]:
            people.ban(comment.reader, sent["ban"], by=staff.of(request))
            return self.again(request, comment, gettext("Banned. The person is not notified."))
        if sent["lift"]:
            people.lift_ban(comment.reader, by=staff.of(request))
            return self.again(request, comment, gettext("Ban lifted."))
        messages.warning(request, gettext("Write the note first."))
        return self.show(request, comment, status=422)

    def prefilled(self, request: HttpRequest) -> WordsForm:
        """Return the reply form, filled with a saved reply where its link was followed."""
        text = PrefillForm(request.GET).text()
        return WordsForm(initial={"comment": text}, auto_id="reply_%s")

    def typed(self, request: HttpRequest) -> dict[str, WordsForm]:
        """Return the forms with the text that was sent, to show it again."""
        case = request.POST["case"]
        return {case: WordsForm(request.POST, auto_id=f"{case}_%s")} if case in ("reply", "reword") else {}

    def again(self, request: HttpRequest, comment: ReaderComment, words: str) -> HttpResponse:
        messages.success(request, words)
        return see_other(reverse("blog_comments:case", args=[comment.pk]))

    def find(self, comment_id: int) -> ReaderComment:
        return get_object_or_404(queries.for_card(ReaderComment.objects.all()), pk=comment_id)

    def show(
        self, request: HttpRequest, comment: ReaderComment, *, status: int = 200, **shown: Any
    ) -> HttpResponse:
        reader, words = comment.reader, {"comment": comment.comment}
        others = queries.others_by(comment)[:OTHERS_SHOWN] if reader else []
        context = self.get_context_data(
            comment=comment,
            card=card(comment),
            decisions=[(each, verdicts.in_words(each.reasons)) for each in comment.decisions.all()],
            revisions=comment.revisions.all(),
            reader=reader,
            notes=reader.notes.select_related("by") if reader else [],
            others=others,
            bans=[(ban, OF_THIS_PERSON[ban]) for ban in Ban],
            may_reveal=request.user.has_perm(people.REVEAL),
            refusals=Refusal.objects.all(),
            saved_replies=SavedReply.objects.all(),
            reply=shown.get("reply") or WordsForm(auto_id="reply_%s"),
            reword=shown.get("reword") or WordsForm(initial=words, auto_id="reword_%s"),
            address=shown.get("address", ""),
            mails=dossier.mail_about(comment),
            reply_label=gettext("Reply") if comment.is_public else gettext("Reply and approve"),
            mail_to_come=_mail_to_come(getattr(comment, "subscription", None)),
            trashed=comment.status == Status.TRASH,
        )
        return self.render_to_response(context, status=status)


def _mail_to_come(wish: Subscription | None) -> Promise:
    """Say what mail the author gets about a comment that goes to the trash."""
    if wish is None:
        return NOT_ASKED
    if wish.ended_at:
        return UNSUBSCRIBED
    return ASKED if wish.confirmed_at else UNCONFIRMED
