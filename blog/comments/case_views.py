"""One comment before a moderator: all that happened to it, who wrote it, and what is done rarely."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from wagtail.admin import messages

from blog.comments import actions, dossier, people, queries, rules
from blog.comments.admin_views import DeskView, ModeratorView, done, see_other, why_not
from blog.comments.cards import card
from blog.comments.forms import CaseForm, WordsForm
from blog.comments.models import ReaderComment
from blog.comments.moderator_forms import PrefillForm
from blog.comments.phrases import Refusal, SavedReply
from blog.comments.states import Ban, Status
from cms import vault

OTHERS_SHOWN = 20


class CaseView(ModeratorView):
    page_title = "Comment"
    template_name = "blog/comments/admin/case.html"

    def get(self, request: HttpRequest, comment_id: int) -> HttpResponse:
        return self.show(request, self.find(comment_id), reply=self.prefilled(request))

    def post(self, request: HttpRequest, comment_id: int) -> HttpResponse:
        """Carry out what a form of the page asks; what it does not know is a button of the desk."""
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
            return HttpResponse("Unknown action.", status=400, content_type="text/plain")
        try:
            return act(request, comment, form.cleaned_data)
        except (actions.StaleError, actions.NothingLeftError) as error:
            messages.warning(request, why_not(error))
            return self.show(request, self.find(comment_id), status=409, **self.typed(request))
        except vault.AddressUnreadableError:
            messages.error(request, people.UNREADABLE)
            return self.show(request, comment, status=409)

    def reply(self, request: HttpRequest, comment: ReaderComment, sent: dict[str, Any]) -> HttpResponse:
        """Answer from the moderator's account; a held comment is approved by it."""
        words = WordsForm(request.POST)
        if not words.is_valid():
            return self.show(request, comment, status=422, **self.typed(request))
        text = words.cleaned_data["comment"]
        actions.reply(comment, text, by=request.user, version=sent["version"])
        messages.success(request, f"You answered {comment.user_name}.")
        return see_other(reverse("blog_comments:desk"))

    def reword(self, request: HttpRequest, comment: ReaderComment, sent: dict[str, Any]) -> HttpResponse:
        words = WordsForm(request.POST)
        if not words.is_valid():
            return self.show(request, comment, status=422, **self.typed(request))
        text = words.cleaned_data["comment"]
        actions.edit(comment, text, by=request.user, version=sent["version"])
        return self.again(request, comment, "The words are changed. The earlier ones are kept below.")

    def refuse(self, request: HttpRequest, comment: ReaderComment, sent: dict[str, Any]) -> HttpResponse:
        """Put it in the trash for a reason the author is told, if he asked."""
        moved = actions.trash(comment, by=request.user, version=sent["version"], refusal=sent["refusal"])
        return self.again(request, comment, done(actions.trash, moved))

    def remove(self, request: HttpRequest, comment: ReaderComment, sent: dict[str, Any]) -> HttpResponse:
        if not sent["sure"]:
            messages.warning(request, "Tick the box to delete for good.")
            return self.show(request, comment, status=422)
        actions.delete(comment, by=request.user, version=sent["version"])
        messages.success(request, f"Comment by {comment.user_name} deleted for good.")
        return see_other(reverse("blog_comments:desk"))

    def person(self, request: HttpRequest, comment: ReaderComment, sent: dict[str, Any]) -> HttpResponse:
        """Ban or forgive who wrote it, leave a note, or look at the address."""
        if comment.reader is None:
            return HttpResponse("Nobody is known to have written it.", status=400, content_type="text/plain")
        if sent["reveal"]:
            return self.show(request, comment, address=people.reveal(comment.reader, by=request.user))
        if sent["note"]:
            people.note(comment.reader, sent["note"], by=request.user)
            return self.again(request, comment, "Noted.")
        if sent["ban"]:
            people.ban(comment.reader, sent["ban"], by=request.user)
            return self.again(request, comment, "Banned. The person is not told.")
        if sent["lift"]:
            people.lift_ban(comment.reader, by=request.user)
            return self.again(request, comment, "The ban is lifted.")
        messages.warning(request, "Write the note first.")
        return self.show(request, comment, status=422)

    def prefilled(self, request: HttpRequest) -> WordsForm:
        """A saved reply is put into the field by its link, and sent by nobody but the moderator."""
        text = PrefillForm(request.GET).text()
        return WordsForm(initial={"comment": text}, auto_id="reply_%s")

    def typed(self, request: HttpRequest) -> dict[str, WordsForm]:
        """Return the words that were sent, so that they are there again."""
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
            decisions=[(each, rules.in_words(each.reasons)) for each in comment.decisions.all()],
            revisions=comment.revisions.all(),
            reader=reader,
            notes=reader.notes.select_related("by") if reader else [],
            others=others,
            bans=Ban.choices,
            may_reveal=request.user.has_perm(people.REVEAL),
            refusals=Refusal.objects.all(),
            saved_replies=SavedReply.objects.all(),
            reply=shown.get("reply") or WordsForm(auto_id="reply_%s"),
            reword=shown.get("reword") or WordsForm(initial=words, auto_id="reword_%s"),
            address=shown.get("address", ""),
            mails=dossier.mail_about(comment),
            wish=getattr(comment, "subscription", None),
            trashed=comment.status == Status.TRASH,
        )
        return self.render_to_response(context, status=status)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        desk = {"url": reverse("blog_comments:desk"), "label": "Reader comments"}
        return [*self.breadcrumbs_items, desk, {"url": "", "label": self.page_title}]
