from typing import Any

from django.conf import settings
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.contrib.settings.models import register_setting
from wagtail.fields import StreamField
from wagtail.images import get_image_model_string
from wagtail.models import Page
from wagtail.search import index
from wagtail.url_routing import RouteResult

from blog.blocks import BodyStream
from blog.models import BlogIndexPage, BlogPostPage, SearchEnginesMixin
from cms import public_pages
from cms.site_settings import SiteDecisions
from home.contact import desks, questions
from home.contact import views as contact_views
from home.contact.forms import ContactForm

LATEST_POSTS = 3


class HomePage(SearchEnginesMixin, Page):
    heading = models.CharField(max_length=120, blank=True)
    standfirst = models.CharField(max_length=300, blank=True)
    picture = models.ForeignKey(
        get_image_model_string(), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    body = StreamField(BodyStream(), blank=True)

    content_panels = (
        *Page.content_panels,
        FieldPanel("heading"),
        FieldPanel("standfirst"),
        FieldPanel("picture"),
        FieldPanel("body"),
    )
    promote_panels = (*Page.promote_panels, *SearchEnginesMixin.panels)
    parent_page_types = ("wagtailcore.Page",)
    template = "home/home_page.html"

    def route(self, request: HttpRequest, path_components: list[str]) -> RouteResult:
        """Find the blog, where most visitors go, in one query; Wagtail takes two."""
        blog = public_pages.child(BlogIndexPage, self, path_components[0]) if path_components else None
        if blog is None:
            return super().route(request, path_components)
        blog._cached_parent_obj = self  # as Wagtail's own does
        return blog.route(request, path_components[1:])

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        context["latest"] = list(
            BlogPostPage.objects.descendant_of(self).published().for_cards()[:LATEST_POSTS]
        )
        return context


class StandardPage(SearchEnginesMixin, Page):
    standfirst = models.CharField(max_length=300, blank=True)
    picture = models.ForeignKey(
        get_image_model_string(), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    body = StreamField(BodyStream(), blank=True)

    content_panels = (
        *Page.content_panels,
        FieldPanel("standfirst"),
        FieldPanel("picture"),
        FieldPanel("body"),
    )
    promote_panels = (*Page.promote_panels, *SearchEnginesMixin.panels)
    search_fields = (*Page.search_fields, index.SearchField("standfirst"), index.SearchField("body"))
    parent_page_types = ("home.HomePage", "home.StandardPage")
    template = "home/standard_page.html"


class ContactPage(RoutablePageMixin, SearchEnginesMixin, Page):
    standfirst = models.CharField(max_length=300, blank=True)
    address = models.CharField(max_length=200, blank=True)
    opening_hours = models.CharField(max_length=200, blank=True)
    telephone = models.CharField(max_length=40, blank=True)
    map_url = models.URLField("link to a map", blank=True)
    body = StreamField(BodyStream(), blank=True)
    thanks_heading = models.CharField(max_length=120, default="We have your message")
    thanks_text = models.CharField(max_length=300, blank=True, help_text="What happens next, and when.")
    recipients = models.CharField(
        max_length=desks.LONGEST_LIST,
        blank=True,
        validators=[desks.validate_addresses],
        help_text="Staff addresses, separated by commas. The site's own recipients when empty.",
    )
    subjects = StreamField(
        desks.SubjectStream(),
        blank=True,
        help_text="What a message can be about. Without any, the visitor is not asked.",
    )
    ask_telephone = models.BooleanField("ask for a telephone number", default=True)
    questions = StreamField(
        questions.QuestionStream(),
        blank=True,
        help_text="Asked between the telephone number and the message.",
    )

    content_panels = (
        *Page.content_panels,
        FieldPanel("standfirst"),
        MultiFieldPanel(
            [
                FieldPanel("address"),
                FieldPanel("opening_hours"),
                FieldPanel("telephone"),
                FieldPanel("map_url"),
            ],
            "Where and when",
        ),
        FieldPanel("body"),
        MultiFieldPanel([FieldPanel("thanks_heading"), FieldPanel("thanks_text")], "After sending"),
        MultiFieldPanel([FieldPanel("subjects"), FieldPanel("recipients")], "Who gets the messages"),
        MultiFieldPanel([FieldPanel("ask_telephone"), FieldPanel("questions")], "What else is asked"),
    )
    promote_panels = (*Page.promote_panels, *SearchEnginesMixin.panels)
    parent_page_types = ("home.HomePage", "home.StandardPage")
    subpage_types = ()
    template = "home/contact/contact_page.html"

    @path("")
    def read(self, request: HttpRequest) -> HttpResponseBase:
        outcome = contact_views.receive(request, self) if request.method == "POST" else None
        if outcome and outcome.answer:
            return outcome.answer
        form = outcome.form if outcome else ContactForm(self)
        response = self.render(request, context_overrides={"form": form})
        if outcome:
            outcome.mark(response)
        return response

    @path("thanks/")
    def thanks(self, request: HttpRequest) -> HttpResponse:
        return self.render(
            request, template="home/contact/thanks.html", context_overrides={"copy": "copy" in request.GET}
        )

    def staff_addresses(self) -> list[str]:
        """Return where messages from this page go that are about nothing with a desk of its own."""
        return desks.addresses(self.recipients) or list(settings.CONTACT_RECIPIENTS)


@register_setting(icon="site")
class SiteIdentity(SiteDecisions):
    """Who runs the site, as every page says it."""

    name = models.CharField(max_length=80, default="Our site")
    tagline = models.CharField(max_length=160, blank=True)
    telephone = models.CharField(max_length=40, blank=True)
    address = models.CharField(max_length=200, blank=True)
    opening_hours = models.CharField(max_length=200, blank=True)
    emergency_line = models.CharField(
        max_length=200, blank=True, help_text="What to do in an emergency, shown beside the forms."
    )
    comment_notice = models.CharField(
        max_length=200, blank=True, help_text="What a reader should know before commenting."
    )

    panels = (
        FieldPanel("name"),
        FieldPanel("tagline"),
        MultiFieldPanel(
            [FieldPanel("telephone"), FieldPanel("address"), FieldPanel("opening_hours")], "Where and when"
        ),
        MultiFieldPanel([FieldPanel("emergency_line"), FieldPanel("comment_notice")], "Beside the forms"),
    )

    class Meta:
        verbose_name = "site identity"
