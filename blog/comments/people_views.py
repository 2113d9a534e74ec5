"""One person before a moderator: what is known of him, what he wrote, what was done. And who is banned."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import urlencode
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.ui.components import Component

from blog.comments import dossier, people
from blog.comments.admin_views import ModeratorView, see_other
from blog.comments.bans import DomainBan
from blog.comments.models import Reader
from blog.comments.moderator_forms import BanForm, DomainBanForm, LiftForm, NoteForm, PlaceForm
from blog.comments.states import Ban, Status
from cms import vault

ROWS_A_PAGE = 50
NO_DOMAIN = "What stands behind the @ of this address is no domain that can be banned."


class UnderDeskView(ModeratorView):
    """A page that stands below the desk."""

    header_icon = "user"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        desk = {"url": reverse("blog_comments:desk"), "label": "Reader comments"}
        return [*self.breadcrumbs_items, desk, {"url": "", "label": self.get_page_title()}]


class PersonView(UnderDeskView):
    template_name = "blog/comments/admin/person.html"

    def get(self, request: HttpRequest, reader_id: int) -> HttpResponse:
        return self.show(request, self.find(reader_id))

    def post(self, request: HttpRequest, reader_id: int) -> HttpResponse:
        acts = {
            "note": self.note,
            "ban": self.ban,
            "lift": self.lift,
            "reveal": self.reveal,
            "ban-domain": self.ban_domain,
        }
        act = acts.get(request.POST.get("do", ""))
        if act is None:
            return HttpResponse("Unknown action.", status=400, content_type="text/plain")
        reader = self.find(reader_id)
        try:
            return act(request, reader)
        except vault.AddressUnreadableError:
            messages.error(request, people.UNREADABLE)
            return self.show(request, reader, status=409)

    def note(self, request: HttpRequest, reader: Reader) -> HttpResponse:
        form = NoteForm(request.POST)
        if not form.is_valid():
            return self.show(request, reader, status=422, note_form=form)
        people.note(reader, form.cleaned_data["note"], by=request.user)
        return self.again(request, reader, "Noted.")

    def ban(self, request: HttpRequest, reader: Reader) -> HttpResponse:
        form = BanForm(request.POST)
        if not form.is_valid():
            return HttpResponse("Unknown ban.", status=400, content_type="text/plain")
        people.ban(reader, form.cleaned_data["ban"], by=request.user)
        return self.again(request, reader, "Banned. The person is not told.")

    def lift(self, request: HttpRequest, reader: Reader) -> HttpResponse:
        people.lift_ban(reader, by=request.user)
        return self.again(request, reader, "The ban is lifted.")

    def reveal(self, request: HttpRequest, reader: Reader) -> HttpResponse:
        return self.show(request, reader, address=people.reveal(reader, by=request.user))

    def ban_domain(self, request: HttpRequest, reader: Reader) -> HttpResponse:
        form = BanForm(request.POST)
        if not form.is_valid():
            return HttpResponse("Unknown ban.", status=400, content_type="text/plain")
        try:
            banned = people.ban_domain_of(reader, form.cleaned_data["ban"], by=request.user)
        except ValidationError:
            messages.error(request, NO_DOMAIN)
            return self.show(request, reader, status=422)
        messages.success(request, f"Everybody at {banned} is banned. Nobody is told.")
        return see_other(reverse("blog_comments:bans"))

    def again(self, request: HttpRequest, reader: Reader, words: str) -> HttpResponse:
        messages.success(request, words)
        return see_other(reverse("blog_comments:person", args=[reader.pk]))

    def find(self, reader_id: int) -> Reader:
        self.reader = get_object_or_404(Reader, pk=reader_id)
        return self.reader

    def show(self, request: HttpRequest, reader: Reader, *, status: int = 200, **shown: Any) -> HttpResponse:
        address, numbers = shown.get("address", ""), dossier.numbers(reader)
        context = self.get_context_data(
            reader=reader,
            first_seen=min(reader.created_at, numbers.first or reader.created_at),
            names=dossier.names(reader),
            numbers=numbers,
            states=[(value, label, numbers.by_status[value]) for value, label in Status.choices],
            **self.listed(request, reader),
            notes=dossier.notes(reader),
            most_notes=dossier.MOST_NOTES,
            note_form=shown.get("note_form") or NoteForm(),
            bans=Ban.choices,
            wishes=dossier.wishes(reader),
            wants_no_mail=dossier.wants_no_mail(reader),
            mails=dossier.mail_to(reader),
            log=dossier.log_of(reader),
            lines=dossier.LINES,
            may_reveal=request.user.has_perm(people.REVEAL),
            address=address,
            domain=address.rpartition("@")[2],
            panels=person_panels(request, reader),
        )
        return self.render_to_response(context, status=status)

    def listed(self, request: HttpRequest, reader: Reader) -> dict[str, Any]:
        """Return a page of the person's comments and where it stands."""
        place = PlaceForm(request.GET).place()
        size = dossier.COMMENTS_A_PAGE
        found = list(dossier.comments(reader, **place)[: size + 1])
        more, found = len(found) > size, found[:size]
        status = place.get("status", "")
        older = urlencode({"status": status, "before": found[-1].pk}) if more else ""
        return {"comments": found, "status": status, "older": older}

    def get_page_title(self) -> str:
        return f"Person {self.reader.pk}"


class BansView(UnderDeskView):
    """Domains that are banned, with a form for another; persons that are, with a way to each."""

    page_title = "Bans"
    template_name = "blog/comments/admin/bans.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(request, DomainBanForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        acts = {"ban": self.ban, "lift": self.lift}
        act = acts.get(request.POST.get("do", ""))
        if act is None:
            return HttpResponse("Unknown action.", status=400, content_type="text/plain")
        return act(request)

    def ban(self, request: HttpRequest) -> HttpResponse:
        form = DomainBanForm(request.POST)
        if form.is_valid():
            domain, how = form.cleaned_data["domain"], form.cleaned_data["ban"]
            try:
                banned = people.ban_domain(domain, how, by=request.user)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                return self.again(request, f"Everybody at {banned} is banned. Nobody is told.")
        return self.show(request, form, status=422)

    def lift(self, request: HttpRequest) -> HttpResponse:
        form = LiftForm(request.POST)
        if not form.is_valid():
            messages.warning(request, "That ban is lifted already.")
            return self.show(request, DomainBanForm(), status=409)
        banned = form.cleaned_data["banned"]
        people.lift_domain_ban(banned, by=request.user)
        return self.again(request, f"The ban of {banned.domain} is lifted.")

    def again(self, request: HttpRequest, words: str) -> HttpResponse:
        messages.success(request, words)
        return see_other(reverse("blog_comments:bans"))

    def show(self, request: HttpRequest, form: DomainBanForm, *, status: int = 200) -> HttpResponse:
        domains = Paginator(DomainBan.objects.select_related("by"), ROWS_A_PAGE)
        persons = Paginator(dossier.banned(), ROWS_A_PAGE)
        context = self.get_context_data(
            form=form,
            domains=domains.get_page(request.GET.get("domains")),
            persons=persons.get_page(request.GET.get("persons")),
        )
        return self.render_to_response(context, status=status)


def person_panels(request: HttpRequest, reader: Reader) -> list[Component]:
    """What the rest of the site has to say of a person, for whoever may see it."""
    panels: list[Component] = []
    for construct in hooks.get_hooks("construct_comment_person_panels"):
        construct(request, reader, panels)
    return panels
