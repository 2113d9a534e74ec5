from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, URLValidator
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.contrib.settings.models import register_setting
from wagtail.images import get_image_model_string
from wagtail.models import Orderable, Page, PageManager
from wagtail.search import index
from wagtail.url_routing import RouteResult

from blog.comments.posting.pages import CommentsMixin, QuietPageManager
from blog.models import BlogIndexPage, BlogPostPage
from cms.body.blocks import BodyStream
from cms.body.fields import BlocksField
from cms.brand.models import LONGEST_LINES, SiteIdentity
from cms.http.methods import takes_posts
from cms.http.outcome import take_or_show
from cms.pages.addresses import AddressMixin
from cms.pages.languages import OwnLanguageMixin
from cms.pages.search_engines import SearchEnginesMixin
from cms.reading import public_pages
from cms.reading.site_settings import SiteDecisions
from home.contact import address_lists, questions, subjects
from home.contact import views as contact_views
from home.contact.forms import ContactForm
from home.contact.site_settings import MessageSettings

LATEST_POSTS = 3
WHERE_AND_WHEN = ("telephone", "address", "opening_hours")
MOST_FOOTER_LINKS = 12
LONGEST_LABEL = 60
ONE_TARGET = _("Choose a page or enter an address, not both.")
FROM_IDENTITY = _("Empty: that of the site, in Settings → Site identity.")


class HomePage(OwnLanguageMixin, AddressMixin, SearchEnginesMixin, Page):
    objects: ClassVar[PageManager]

    heading = models.CharField(max_length=120, blank=True)
    standfirst = models.CharField(max_length=300, blank=True)
    picture = models.ForeignKey(
        get_image_model_string(), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    body = BlocksField(BodyStream, blank=True)

    content_panels = (
        *Page.content_panels,
        FieldPanel("heading", heading=_("Heading")),
        FieldPanel("standfirst", heading=_("Standfirst")),
        FieldPanel("picture", heading=_("Picture")),
        FieldPanel("body", heading=_("Body")),
    )
    promote_panels = (*Page.promote_panels, *SearchEnginesMixin.panels)
    parent_page_types = ("wagtailcore.Page",)
    template = "home/home_page.html"

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")

    def route(self, request: HttpRequest, path_components: list[str]) -> RouteResult:
        """Find the blog, where most visitors go, in one query instead of Wagtail's two."""
        blog = public_pages.child(BlogIndexPage, self, path_components[0]) if path_components else None
        if blog is None:
            return super().route(request, path_components)
        return blog.route(request, path_components[1:])

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        context["latest"] = list(
            BlogPostPage.objects.descendant_of(self).published().for_cards()[:LATEST_POSTS]
        )
        return context


class StandardPage(OwnLanguageMixin, AddressMixin, CommentsMixin, SearchEnginesMixin, Page):
    objects: ClassVar[PageManager] = QuietPageManager()

    standfirst = models.CharField(max_length=300, blank=True)
    picture = models.ForeignKey(
        get_image_model_string(), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    body = BlocksField(BodyStream, blank=True)
    comments_open = models.BooleanField(
        _("comments are open"),
        default=False,
        db_default=False,
        help_text=_("Tick to take comments below this page."),
    )

    content_panels = (
        *Page.content_panels,
        FieldPanel("standfirst", heading=_("Standfirst")),
        FieldPanel("picture", heading=_("Picture")),
        FieldPanel("body", heading=_("Body")),
    )
    promote_panels = (*Page.promote_panels, *SearchEnginesMixin.panels)
    settings_panels = (*Page.settings_panels, *CommentsMixin.comment_panels)
    search_fields = (*Page.search_fields, index.SearchField("standfirst"), index.SearchField("body"))
    parent_page_types = ("home.HomePage", "home.StandardPage")
    template = "home/standard_page.html"

    class Meta:
        verbose_name = _("standard page")
        verbose_name_plural = _("standard pages")
        base_manager_name = "objects"  # by which Wagtail reads the page of an address


class ContactPage(OwnLanguageMixin, AddressMixin, RoutablePageMixin, SearchEnginesMixin, Page):
    objects: ClassVar[PageManager]

    standfirst = models.CharField(max_length=300, blank=True)
    address = models.TextField(
        max_length=LONGEST_LINES,
        blank=True,
        validators=[MaxLengthValidator(LONGEST_LINES)],
        help_text=FROM_IDENTITY,
    )
    opening_hours = models.TextField(
        max_length=LONGEST_LINES,
        blank=True,
        validators=[MaxLengthValidator(LONGEST_LINES)],
        help_text=FROM_IDENTITY,
    )
    telephone = models.CharField(max_length=40, blank=True, help_text=FROM_IDENTITY)
    map_url = models.URLField(_("link to a map"), blank=True)
    body = BlocksField(BodyStream, blank=True)
    thanks_heading = models.CharField(max_length=120, default=_("We have your message"))
    thanks_text = models.CharField(max_length=300, blank=True, help_text=_("What happens next, and when."))
    recipients = models.CharField(
        max_length=address_lists.LONGEST_LIST,
        blank=True,
        validators=[address_lists.validate_addresses],
        help_text=_("Staff addresses, separated by commas. The site's own recipients when empty."),
    )
    subjects = BlocksField(
        subjects.SubjectStream,
        blank=True,
        help_text=_("What a message can be about. Without any, the visitor is not asked."),
    )
    ask_telephone = models.BooleanField(_("ask for a telephone number"), default=True)
    questions = BlocksField(
        questions.QuestionStream,
        blank=True,
        help_text=_("Asked between the telephone number and the message."),
    )

    content_panels = (
        *Page.content_panels,
        FieldPanel("standfirst", heading=_("Standfirst")),
        MultiFieldPanel(
            [
                FieldPanel("address", heading=_("Address")),
                FieldPanel("opening_hours", heading=_("Opening hours")),
                FieldPanel("telephone", heading=_("Telephone")),
                FieldPanel("map_url"),
            ],
            _("Where and when"),
        ),
        FieldPanel("body", heading=_("Body")),
        MultiFieldPanel(
            [
                FieldPanel("thanks_heading", heading=_("Thanks heading")),
                FieldPanel("thanks_text", heading=_("Thanks text")),
            ],
            _("After sending"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("subjects", heading=_("Subjects")),
                FieldPanel("recipients", heading=_("Recipients")),
            ],
            _("Who gets the messages"),
        ),
        MultiFieldPanel(
            [FieldPanel("ask_telephone"), FieldPanel("questions", heading=_("Questions"))],
            _("What else is asked"),
        ),
    )
    promote_panels = (*Page.promote_panels, *SearchEnginesMixin.panels)
    parent_page_types = ("home.HomePage", "home.StandardPage")
    subpage_types = ()
    template = "home/contact/contact_page.html"

    class Meta:
        verbose_name = _("contact page")
        verbose_name_plural = _("contact pages")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        ways = self.where_and_when(SiteIdentity.for_request(request))
        return {**super().get_context(request, *args, **kwargs), "ways": ways}

    @path("")
    @takes_posts
    def read(self, request: HttpRequest) -> HttpResponseBase:
        def show(form: ContactForm | None) -> HttpResponseBase:
            return self.render(request, context_overrides={"form": form or ContactForm(self)})

        return take_or_show(request, lambda: contact_views.receive(request, self), show)

    @path("thanks/")
    def thanks(self, request: HttpRequest) -> HttpResponse:
        return self.render(
            request, template="home/contact/thanks.html", context_overrides={"copy": "copy" in request.GET}
        )

    def staff_addresses(self) -> list[str]:
        """Return the recipients of messages from this page whose subject has none of its own."""
        return address_lists.addresses(self.recipients) or MessageSettings.of(self).staff_addresses()

    def where_and_when(self, identity: SiteIdentity) -> dict[str, str]:
        """Return telephone, address and opening hours: the page's own, else those of its site."""
        return {name: getattr(self, name) or getattr(identity, name) for name in WHERE_AND_WHEN}


@register_setting(icon="link")
class FooterLinks(ClusterableModel, SiteDecisions):
    """What else a site links to at the foot of every page."""

    panels = (InlinePanel("links", heading=_("Links"), label=_("Link"), max_num=MOST_FOOTER_LINKS),)

    class Meta:
        verbose_name = _("footer links")


class FooterLink(Orderable, models.Model):
    """A page of the site, or an address elsewhere; exactly one of the two."""

    footer = ParentalKey(FooterLinks, on_delete=models.CASCADE, related_name="links")
    label = models.CharField(max_length=LONGEST_LABEL)
    page = models.ForeignKey(
        "wagtailcore.Page", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    address = models.URLField(
        blank=True,
        validators=[URLValidator(schemes=["https"])],
        help_text=_("Of a page elsewhere. It begins with https://."),
    )

    panels = (
        FieldPanel("label", heading=_("Label")),
        FieldPanel("page", heading=_("Page")),
        FieldPanel("address", heading=_("Address")),
    )

    class Meta(Orderable.Meta):
        constraints = (
            models.CheckConstraint(
                condition=models.Q(models.Q(page__isnull=True), ~models.Q(address=""))
                | models.Q(page__isnull=False, address=""),
                name="home_footer_one_target",
            ),
        )

    def __str__(self) -> str:
        return self.label

    def clean(self) -> None:
        super().clean()
        if bool(self.page_id) == bool(self.address):
            raise ValidationError({"page": ONE_TARGET})


class SetUpProgress(models.Model):
    """Which steps of setting up a site are done; a column each, so that two tabs do not undo each other."""

    site = models.OneToOneField("wagtailcore.Site", primary_key=True, on_delete=models.CASCADE)
    site_done = models.BooleanField(default=False)
    look_done = models.BooleanField(default=False)
    visit_done = models.BooleanField(default=False)
    mail_done = models.BooleanField(default=False)
    demo_done = models.BooleanField(default=False)
    dismissed = models.BooleanField(default=False)

    wagtail_reference_index_ignore = True

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"progress of site {self.pk}"


class PlantedItem(models.Model):
    """
    Something the site wrote into itself: for the demo, or to begin with.

    ``content`` has a digest of each of its fields as it was then: what its owner has changed since is theirs.
    """

    class Origin(models.TextChoices):
        DEMO = "demo"
        START = "start"

    origin = models.CharField(max_length=5, choices=Origin)
    kind = models.CharField(max_length=10, help_text="Which model it is of, as home.planted names it.")
    key = models.CharField(max_length=80, help_text="What it is called in the texts that it came from.")
    object_id = models.BigIntegerField()
    content = models.JSONField(help_text="A digest of each field.")

    wagtail_reference_index_ignore = True

    class Meta:
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=["kind", "object_id"], name="planted_once"),)

    def __str__(self) -> str:
        return f"{self.origin}: {self.kind} {self.key}"


class PictureCare(models.Model):
    """
    What is still to be done for a picture, and what went wrong.

    It names its picture without a constraint: a picture that is deleted at the moment a page with it is
    published is no reason not to publish.
    """

    picture = models.OneToOneField(
        get_image_model_string(),
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="care",
        db_constraint=False,
    )
    leads = models.BooleanField(default=False, help_text="Whether it is drawn for cards and previews, too.")
    due_at = models.DateTimeField(null=True, db_index=True, help_text="When it is drawn; empty when it is.")
    leased_until = models.DateTimeField(null=True, help_text="Until when one drawer has it for itself.")
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=200, blank=True, help_text="Why it could not be drawn, for staff.")
    clean_file = models.CharField(
        max_length=100, blank=True, help_text="The file of which it is known that it holds no camera data."
    )

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name_plural = "care of pictures"

    def __str__(self) -> str:
        return f"picture {self.pk}"

    @property
    def problem_in_words(self) -> str:
        """What is wrong, in the active language: what is stored is a message of the catalogue."""
        return gettext(self.problem) if self.problem else ""
