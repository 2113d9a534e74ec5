"""
The mails to readers: one recipient, no other reader's name, and a way to end them.

Each is worded when it is sent, and asks again then: is it still wanted, still public, still true?
"""

import textwrap
from datetime import timedelta
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator, wrap
from django.utils.translation import gettext
from wagtail.models import Page
from wagtail.query import PageQuerySet

from blog.comments.models import Reader, ReaderComment, Subscription, SubscriptionQuerySet, Token
from blog.comments.notifications import subscribing
from blog.comments.states import REFUSED as REFUSED_STATES
from blog.comments.states import Status
from cms.brand.names import site_name
from cms.outbox import questions, suppression
from cms.outbox.events import NotYetError
from cms.outbox.letters import Letter
from cms.outbox.models import Delivery
from cms.reading import public_pages
from cms.text.cleaning import printable
from cms.text.mail_parts import COLUMNS

REPLIED = "comment.replied"
PUBLISHED = "comment.published"
REFUSED = "comment.refused"

MOST_OF_A_REPLY = 200
MOST_OF_A_TITLE = 100
MOST_TITLES = 10
TIME_TO_UNDO = timedelta(minutes=1)


def confirmation_mail(comment_id: int, recipient: str) -> Letter | None:
    """
    Ask the owner of an address whether they want mail. No byte of it comes from the person who typed it.

    Raises NotYetError.
    """
    rows = Delivery.objects.filter(event=subscribing.CONFIRM, subject_id=comment_id, recipient=recipient)
    reader = Reader.objects.filter(pk=recipient.removeprefix("reader:")).first()
    wishes = _to_ask_about(reader) if reader else Subscription.objects.none()
    about = wishes.filter(comment=comment_id).first() or wishes.first()
    row = rows.first()  # none when the person was erased since a worker took it
    if row is None or reader is None or about is None or not _may_ask(reader, row):
        return None
    secret = subscribing.new_secret(about.comment, Token.Purpose.CONFIRM)
    others = [title for title in subscribing.titles(wishes) if title != about.comment.page.title]
    return _letter(
        about,
        gettext("Confirm that we may write to you"),
        "confirm",
        {"link": _link("confirm", secret), "others": others[:MOST_TITLES]},
    )


def _may_ask(reader: Reader, row: Delivery) -> bool:
    address, proven = reader.address, reader.proven_at is not None
    if suppression.wants_no_question(address, proven=proven):
        return False
    return questions.may_ask(row, address, proven=proven)


def reply_mail(reply_id: int, recipient: str) -> Letter | None:
    """Tell a subscriber about a reply: the beginning of the approved text, and a link."""
    pk = recipient.removeprefix("subscription:")
    wish = _active().filter(pk=pk).exclude(comment__status__in=REFUSED_STATES).first()
    reply = ReaderComment.objects.public().filter(pk=reply_id).select_related("page").first()
    if wish is None or reply is None or reply.reader_id == wish.reader_id:
        return None
    words = {"link": _address_of(reply), "quote": _quote(reply.comment)}
    subject = gettext("Someone replied on “%(title)s”") % {"title": _title(reply)}
    return _letter(wish, subject, "replied", words, label=gettext("Read the reply"))


def published_mail(comment_id: int, recipient: str) -> Letter | None:
    """Tell an author who asked for it that their comment is public."""
    comment = ReaderComment.objects.public().filter(pk=comment_id).select_related("page").first()
    wish = _active().filter(comment=comment).first() if comment else None
    if comment is None or wish is None:
        return None
    subject = gettext("Your comment on “%(title)s” is public") % {"title": _title(comment)}
    return _letter(
        wish, subject, "published", {"link": _address_of(comment)}, label=gettext("Read the comment")
    )


def refused_mail(comment_id: int, recipient: str) -> Letter | None:
    """
    Tell an author who asked for it that their comment was not published, and why if a reason was given.

    Raises NotYetError while the moderator can still undo the decision.
    """
    wish = _active().filter(comment=comment_id, comment__status=Status.TRASH).first()
    decision = wish.comment.decisions.select_related("refusal").last() if wish else None
    if wish is None or decision is None:
        return None
    if decision.at + TIME_TO_UNDO > timezone.now():
        raise NotYetError(decision.at + TIME_TO_UNDO)
    why = decision.refusal.words if decision.refusal else ""
    subject = gettext("Your comment on “%(title)s” was not published") % {"title": _title(wish.comment)}
    return _letter(wish, subject, "refused", {"why": why})


def _letter(
    wish: Subscription, subject: str, template: str, words: dict[str, Any], *, label: str = ""
) -> Letter | None:
    """Word a mail to one subscriber; none to a suppressed address, none about a hidden page."""
    page = wish.comment.page
    if (
        page.get_url_parts() is None
        or not _readable().filter(pk=page.pk).exists()
        or suppression.wants_no_mail(wish.reader.address)
    ):
        return None
    unsubscribe = _link("unsubscribe", subscribing.new_secret(wish.comment, Token.Purpose.UNSUBSCRIBE))
    always = {
        "title": _title(wish.comment),
        "unsubscribe": unsubscribe,
        "site": site_name(),
    }
    text = render_to_string(f"blog/comments/email/{template}.txt", {**always, **words})
    return Letter(
        subject,
        wrap(text, COLUMNS),
        link=words.get("link", ""),
        label=label,
        to=[wish.reader.address],
        headers={
            "List-Unsubscribe": f"<{unsubscribe}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",  # RFC 8058
            "Auto-Submitted": "auto-generated",  # RFC 3834: no absence notes, please
        },
    )


def _active() -> SubscriptionQuerySet:
    return Subscription.objects.active().select_related("reader", "comment__page")


def _to_ask_about(reader: Reader) -> SubscriptionQuerySet:
    """What a reader asked for and has not confirmed, on pages that anyone may read; not with spam."""
    waiting = Subscription.objects.waiting().filter(reader=reader, comment__page__in=_readable())
    waiting = waiting.exclude(comment__status__in=REFUSED_STATES)
    return waiting.select_related("reader", "comment__page").order_by("pk")


def _readable() -> PageQuerySet:
    return public_pages.of(Page.objects.all())


def _link(name: str, secret: str) -> str:
    return settings.SITE_URL + reverse(f"comment_mail:{name}", args=[secret])


def _address_of(comment: ReaderComment) -> str:
    return urljoin(settings.SITE_URL, comment.get_absolute_url())


def _title(comment: ReaderComment) -> str:
    return Truncator(" ".join(printable(comment.page.title).split())).chars(MOST_OF_A_TITLE)


def _quote(text: str) -> str:
    """The first words, marked line by line, so that nothing in them passes for ours."""
    short = Truncator(" ".join(text.split())).chars(MOST_OF_A_REPLY)
    return textwrap.fill(short, COLUMNS, initial_indent="> ", subsequent_indent="> ")
