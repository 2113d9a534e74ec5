"""System checks: settings that would bring back what django-comments-xtd leaks or loses."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

EXPECTED = {
    "COMMENTS_APP": (
        "django_comments_xtd",
        "E001",
        "Without it comments are saved by another app's form and model.",
    ),
    "COMMENTS_XTD_MODEL": (
        "blog.comments.models.ReaderComment",
        "E002",
        "Any other model has no held state and keeps plain addresses.",
    ),
    "COMMENTS_XTD_FORM_CLASS": (
        "blog.comments.posting.forms.CommentForm",
        "E003",
        "The stock form publishes at once and loses held replies.",
    ),
    "COMMENTS_XTD_CONFIRM_EMAIL": (
        False,
        "E004",
        "It puts the address and the text into a link, and keeps the comment nowhere else.",
    ),
    "COMMENTS_XTD_THREADED_EMAILS": (
        False,
        "E005",
        "Mail sent from a thread is lost when the server is away.",
    ),
}


@register("comments")
def check_settings(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    return [
        Error(f"{name} must be {expected!r}.", hint=hint, id=f"blog_comments.{number}")
        for name, (expected, number, hint) in EXPECTED.items()
        if getattr(settings, name, None) != expected
    ]


@register("comments")
def check_site_id(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if isinstance(getattr(settings, "SITE_ID", None), int):
        return []
    hint = "Without it django-comments looks the site up by host name and fails on one it does not know."
    return [Error("SITE_ID must be a number.", hint=hint, id="blog_comments.E006")]


@register("comments")
def check_cascade_is_off(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if type(apps.get_app_config("django_comments_xtd")).__module__ == "blog.comments.xtd":
        return []
    hint = 'List "blog.comments.xtd.QuietCommentsXtdConfig" in INSTALLED_APPS, not "django_comments_xtd".'
    return [
        Error("Saving a comment would publish every held reply below it.", hint=hint, id="blog_comments.E007")
    ]


@register("comments")
def check_urls_are_not_mounted(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    from django.urls import NoReverseMatch, reverse  # noqa: PLC0415 -- the URLconf may not be ready when apps load

    try:
        reverse("comments-xtd-sent")
    except NoReverseMatch:
        return []
    hint = "Remove django_comments_xtd.urls: they show held comments and act on GET."
    return [Error("The URLs of django-comments-xtd are mounted.", hint=hint, id="blog_comments.E008")]
