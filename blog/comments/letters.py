"""
The mails to readers: one recipient, plain text, no other reader's name, and a way to end them.

Each is worded when it is sent, and asks again then: is it still wanted, still public, still true?
"""

import textwrap
from datetime import timedelta
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator, wrap
from wagtail.models import Page, Site

from blog.comments import asking, subscribing
from blog.comments.models import Reader, ReaderComment, Token
from blog.comments.states import REFUSED as REFUSED_STATES
from blog.comments.states import Status
from blog.comments.subscriptions import Subscription, SubscriptionQuerySet
from cms import public_pages
from cms.outbox import events
from cms.outbox.events import NotYetError
from cms.outbox.models import Delivery

REPLIED = "comment.replied"
PUBLISHED = "comment.published"
REFUSED = "comment.refused"

COLUMNS = 76
MOST_OF_A_REPLY = 200
MOST_OF_A_TITLE = 100
MOST_TITLES = 10
TIME_TO_UNDO = timedelta(minutes=1)


def confirmation_mail(comment_id: int, recipient: str) -> EmailMessage | None:
    """
    Ask the owner of an address whether he wants mail. No byte of it was written by whoever typed the address.

    Raises NotYetError.
    """
    rows = Delivery.objects.filter(event=subscribing.CONFIRM, subject_id=comment_id, recipient=recipient)
    reader = Reader.objects.filter(pk=recipient.removeprefix("reader:")).first()
    wishes = _to_ask_about(reader) if reader else Subscription.objects.none()
    about = wishes.filter(comment=comment_id).first() or wishes.first()
    row = rows.first()  # none when the person was erased since a worker took it
    if row is None or reader is None or about is None or not asking.may_ask(reader, row):
        return None
    secret = subscribing.new_secret(about.comment, Token.Purpose.CONFIRM)
    others = [title for title in subscribing.titles(wishes) if title != about.comment.page.title]
    return _letter(
        about,
        "Confirm that we may write to you",
        "confirm",
        {"link": _link("confirm", secret), "others": others[:MOST_TITLES]},
    )


def reply_mail(reply_id: int, recipient: str) -> EmailMessage | None:
    """Tell a subscriber of a reply: the beginning of what was approved, and where it stands."""
    pk = recipient.removeprefix("subscription:")
    wish = _active().filter(pk=pk).exclude(comment__status__in=REFUSED_STATES).first()
    reply = ReaderComment.objects.public().filter(pk=reply_id).select_related("page").first()
    if wish is None or reply is None or reply.reader_id == wish.reader_id:
        return None
    words = {"link": _address_of(reply), "quote": _quote(reply.comment)}
    return _letter(wish, f"Someone replied on “{_title(reply)}”", "replied", words)


def published_mail(comment_id: int, recipient: str) -> EmailMessage | None:
    """Tell an author who asked for it that his comment can be read."""
    comment = ReaderComment.objects.public().filter(pk=comment_id).select_related("page").first()
    wish = _active().filter(comment=comment).first() if comment else None
    if comment is None or wish is None:
        return None
    subject = f"Your comment on “{_title(comment)}” is public"
    return _letter(wish, subject, "published", {"link": _address_of(comment)})


def refused_mail(comment_id: int, recipient: str) -> EmailMessage | None:
    """
    Tell an author who asked for it that his comment was not published, and why if that was said.

    Raises NotYetError: a slip of the hand can still be undone.
    """
    wish = _active().filter(comment=comment_id, comment__status=Status.TRASH).first()
    if wish is None:
        return None
    decision = wish.comment.decisions.select_related("refusal").last()
    if decision.at + TIME_TO_UNDO > timezone.now():
        raise NotYetError(decision.at + TIME_TO_UNDO)
    why = decision.refusal.words if decision.refusal else ""
    return _letter(
        wish, f"Your comment on “{_title(wish.comment)}” was not published", "refused", {"why": why}
    )


def _letter(wish: Subscription, subject: str, template: str, words: dict[str, Any]) -> EmailMessage | None:
    """Word a mail to one subscriber; none to whoever wants none from us, none about a hidden page."""
    page = wish.comment.page
    if not _readable().filter(pk=page.pk).exists() or subscribing.is_suppressed(wish.reader):
        return None
    unsubscribe = _link("unsubscribe", subscribing.new_secret(wish.comment, Token.Purpose.UNSUBSCRIBE))
    site = Site.objects.get(is_default_site=True)
    always = {"title": _title(wish.comment), "unsubscribe": unsubscribe, "site": site.site_name or "the site"}
    text = render_to_string(f"blog/comments/email/{template}.txt", {**always, **words})
    return EmailMessage(
        subject=subject,
        body=wrap(text, COLUMNS),
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


def _readable():
    return public_pages.of(Page.objects.all())


def _link(name: str, secret: str) -> str:
    return settings.SITE_URL + reverse(f"comment_mail:{name}", args=[secret])


def _address_of(comment: ReaderComment) -> str:
    return urljoin(settings.SITE_URL, comment.get_absolute_url())


def _title(comment: ReaderComment) -> str:
    return Truncator(" ".join(comment.page.title.split())).chars(MOST_OF_A_TITLE)


def _quote(text: str) -> str:
    """The first words, marked line by line, so that nothing in them passes for ours."""
    short = Truncator(" ".join(text.split())).chars(MOST_OF_A_REPLY)
    return textwrap.fill(short, COLUMNS, initial_indent="> ", subsequent_indent="> ")


events.register(subscribing.CONFIRM, confirmation_mail)
events.register(REPLIED, reply_mail)
events.register(PUBLISHED, published_mail)
events.register(REFUSED, refused_mail)
