"""A setting that would bring a leak of django-comments-xtd back stops the site, with a hint."""

import pytest
from django.apps import apps
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django_comments_xtd.apps import CommentsXtdConfig


@pytest.mark.parametrize(
    ("name", "value", "number"),
    [
        ("COMMENTS_APP", "django_comments", "E001"),
        ("COMMENTS_XTD_MODEL", "django_comments_xtd.models.XtdComment", "E002"),
        ("COMMENTS_XTD_FORM_CLASS", "django_comments_xtd.forms.XtdCommentForm", "E003"),
        ("COMMENTS_XTD_CONFIRM_EMAIL", True, "E004"),
        ("COMMENTS_XTD_THREADED_EMAILS", True, "E005"),
        ("SITE_ID", None, "E006"),
    ],
)
def test_a_leaky_setting_is_an_error_with_a_hint(settings, name, value, number):
    setattr(settings, name, value)

    with pytest.raises(SystemCheckError, match=rf"blog_comments\.{number}.*\n\tHINT: "):
        call_command("check")


def test_the_publish_cascade_is_an_error(monkeypatch):
    stock = CommentsXtdConfig.create("django_comments_xtd")
    monkeypatch.setitem(apps.app_configs, "django_comments_xtd", stock)

    with pytest.raises(SystemCheckError, match=r"blog_comments\.E007"):
        call_command("check")


@pytest.mark.urls("tests.blog.comments.stock_urls")
def test_the_stock_urls_are_an_error():
    with pytest.raises(SystemCheckError, match=r"blog_comments\.E008"):
        call_command("check")


def test_as_it_is_there_is_nothing_to_say():
    call_command("check", fail_level="WARNING")
