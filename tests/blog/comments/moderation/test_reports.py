"""A reader reports a public comment; a moderator decides."""

import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from blog.comments.models import ReaderComment, Report
from blog.comments.moderation import actions
from blog.comments.privacy import retention
from tests.conftest import visitor
from tests.factories import CommentFactory
from tests.smtp_peer import text_of, words_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def comment(post) -> ReaderComment:
    return CommentFactory(page=post, approved=True)


def page_of(comment) -> str:
    return f"{comment.page.url}comments/{comment.pk}/report/"


def by_api(comment_id: int, **sent: str):
    url = f"/api/v1/comments/{comment_id}/report/"
    return visitor().post(url, json.dumps(sent), content_type="application/json")


def test_a_reader_finds_the_way_and_is_thanked(comment, client):
    assert page_of(comment) in client.get(comment.page.url).content.decode()
    assert "Report a comment" in client.get(page_of(comment)).content.decode()

    answer = client.post(page_of(comment), {"reason": "harm", "words": "Needles are no toys."})

    assert answer.status_code == 303
    assert "We have your report" in client.get(answer["Location"]).content.decode()
    report = Report.objects.get()
    assert (report.comment_id, report.reason, report.words) == (comment.pk, "harm", "Needles are no toys.")


def test_a_report_without_a_reason_keeps_the_words(comment, client):
    answer = client.post(page_of(comment), {"words": "Why I wrote"})

    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Choose what is wrong with the comment" in html
    assert "Why I wrote" in html
    assert not Report.objects.exists()


def test_the_api_takes_a_report_once_a_client_and_the_comment_stays_public(comment, client):
    assert [by_api(comment.pk, reason="spam").status_code for _ in range(3)] == [202, 202, 202]

    assert Report.objects.count() == 1
    assert ReaderComment.objects.reported().get() == comment
    assert comment.comment in client.get(comment.page.url).content.decode()


def test_a_report_of_what_nobody_can_read_is_a_404(post):
    held = CommentFactory(page=post)

    for comment_id in (held.pk, 987654, 10**30, -(10**30), 0, -1):
        assert by_api(comment_id, reason="spam").status_code in {404, 422}
    assert visitor().get(page_of(held)).status_code == 404
    assert not Report.objects.exists()


@pytest.mark.parametrize("sent", [{}, {"reason": "dislike"}, {"reason": "spam", "words": "x" * 501}])
def test_a_report_of_another_shape_is_refused_with_words(comment, sent):
    answer = by_api(comment.pk, **sent)

    assert answer.status_code == 422
    assert answer.json()["errors"]


def test_reports_are_limited_for_each_client(post):
    comments = [CommentFactory(page=post, approved=True) for _ in range(6)]

    answers = [by_api(comment.pk, reason="spam") for comment in comments]

    assert [answer.status_code for answer in answers] == [202] * 5 + [429]
    assert answers[-1]["Retry-After"]


@pytest.mark.parametrize("verb", ["approve", "spam", "trash", "hold"])
def test_any_decision_settles_the_reports(comment, moderator, verb):
    by_api(comment.pk, reason="abuse")

    actions.VERBS[verb](comment, by=moderator, version=comment.version)

    assert not ReaderComment.objects.reported().exists()
    assert Report.objects.get().settled_at


def test_moderators_are_told_of_the_first_report_and_not_of_what_was_settled(comment, moderator, smtp):
    by_api(comment.pk, reason="abuse", words="secret words")
    call_command("deliver", once=True)

    (mail,) = [mail for mail in smtp.mails if mail["To"] == moderator.email]
    assert "reported" in mail["Subject"]
    assert "secret words" not in words_of(mail)
    assert "/admin/comments/?status=reported" in text_of(mail)

    smtp.mails.clear()
    visitor().post(page_of(comment), {"reason": "spam"}, REMOTE_ADDR="192.0.2.7")
    call_command("deliver", once=True)
    assert Report.objects.count() == 2
    assert smtp.mails == []


def test_who_reported_is_forgotten_after_a_day_and_a_settled_report_after_thirty(comment, moderator):
    by_api(comment.pk, reason="spam")
    Report.objects.update(at=timezone.now() - timedelta(days=2))
    retention.purge()
    assert Report.objects.get().client is None

    actions.approve(comment, by=moderator, version=comment.version)
    Report.objects.update(settled_at=timezone.now() - timedelta(days=31))
    retention.purge()
    assert not Report.objects.exists()
