"""One person's data among the comments: exported, erased, and merged where there are two rows."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from blog.comments.models import (
    Decision,
    Reader,
    ReaderComment,
    ReaderNote,
    Revision,
    Subscription,
    Token,
)
from blog.comments.moderation import changes, erasing
from blog.comments.moderation.changes import EVENTS
from blog.comments.rules.verdicts import Remark
from blog.comments.states import Actor, Ban, Status
from cms import vault
from cms.outbox import actions as outbox
from cms.outbox import queries as outbox_queries
from cms.outbox.models import Delivery, Suppression

BY = {Actor.PERSON: _("a moderator"), Actor.RULE: _("a rule"), Actor.AUTHOR: _("the author")}


def kept(address: str) -> dict[type[models.Model], list[int]]:
    """Return the ids of the rows that are this person's."""
    readers = list(Reader.objects.with_address(address).order_by("pk").values_list("pk", flat=True))
    comments = ReaderComment.objects.filter(reader__in=readers).order_by("pk")
    return {Reader: readers, ReaderComment: list(comments.values_list("pk", flat=True))}


def export(address: str) -> dict[str, Any]:
    """Return all that is kept, in every state. Decisions name a role, not a person."""
    found = kept(address)
    readers, comments = found[Reader], found[ReaderComment]
    suppressed = Suppression.objects.filter(address_index__in=vault.indexes(address)).order_by("pk").first()
    mails = outbox_queries.about(EVENTS, comments) | outbox_queries.to(_recipients(readers))
    return {
        "reader": _reader(Reader.objects.filter(pk__in=readers)),
        "comments": [_comment(comment) for comment in _whole(comments)],
        "subscriptions": [_subscription(row) for row in Subscription.objects.filter(reader__in=readers)],
        "wants_no_mail_since": suppressed.created_at if suppressed else None,
        "mail_about_comments": [_mail(row) for row in mails],
    }


@transaction.atomic
def erase(address: str, *, keep_text: bool) -> Counter[str]:
    """
    Erase the person: words, name and address. Return how many rows of which kind.

    With ``keep_text`` the words stay, without an author. A suppressed address stays suppressed.
    """
    ids = _locked(address)
    readers, comments = ids[Reader], ids[ReaderComment]
    recipients = _recipients(readers)
    counts = Counter(
        comments=len(comments),
        revisions=Revision.objects.filter(comment__in=comments).count(),
        subscriptions=Subscription.objects.filter(reader__in=readers).count(),
        tokens=Token.objects.filter(comment__in=comments).count(),
        readers=len(readers),
    )
    if keep_text:
        erasing.anonymise(comments, address=address)
    else:
        for pk in comments:
            _withdraw(pk)
    counts["mails"] = outbox.forget_about(EVENTS, comments) + outbox.forget_recipients(recipients)
    Reader.objects.filter(pk__in=readers).delete()
    return counts


@transaction.atomic
def merge(double: Reader, into: Reader) -> None:
    """Merge two rows of one address: the comments move, the counts add up, a ban or a proof is kept."""
    _lock(ReaderComment.objects.filter(reader=double).only("pk"))
    both = list(Reader.objects.select_for_update().filter(pk__in=(double.pk, into.pk)).order_by("pk"))
    if len(both) < 2:
        return
    ReaderComment.objects.filter(reader=double).update(reader=into)
    Subscription.objects.filter(reader=double).update(reader=into)
    ReaderNote.objects.filter(reader=double).update(reader=into)
    outbox.readdress(f"reader:{double.pk}", f"reader:{into.pk}")
    Reader.objects.filter(pk=into.pk).update(
        proven_at=_earliest(row.proven_at for row in both),
        ban=_strictest(row.ban for row in both),
        banned_at=_earliest(row.banned_at for row in both),
        created_at=_earliest(row.created_at for row in both),
        approved_count=sum(row.approved_count for row in both),
        refused_count=sum(row.refused_count for row in both),
    )
    Reader.objects.filter(pk=double.pk).delete()


def _locked(address: str) -> dict[type[models.Model], list[int]]:
    """
    Find the person's rows and hold them. Comments first, as a moderator's decision does: no deadlock.

    Once the reader is locked, none of their comments can arrive; looking again finds what came before.
    """
    _lock(ReaderComment.objects.filter(pk__in=kept(address)[ReaderComment]).only("pk"))
    _lock(Reader.objects.with_address(address))
    found = kept(address)
    _lock(ReaderComment.objects.filter(pk__in=found[ReaderComment]).only("pk"))
    return found


def _withdraw(comment_id: int) -> None:
    """Take a comment back at its author's wish, for good."""
    erasing.empty([comment_id])
    version = ReaderComment.objects.values_list("version", flat=True).get(pk=comment_id)
    by = changes.By(Actor.AUTHOR, reasons=(Remark.ERASED,))
    changes.move(comment_id, Status.WITHDRAWN, version=version, by=by)


def _lock(rows: models.QuerySet) -> None:
    list(rows.select_for_update(of=("self",)).order_by("pk"))


def _whole(comments: list[int]) -> models.QuerySet[ReaderComment]:
    rows = ReaderComment.objects.filter(pk__in=comments).order_by("pk").select_related("page")
    return rows.prefetch_related("revisions", "decisions", "tokens")


def _recipients(readers: Iterable[int]) -> list[str]:
    """Return the recipients by which the outbox knows the person."""
    subscriptions = Subscription.objects.filter(reader__in=readers).values_list("pk", flat=True)
    return [f"reader:{pk}" for pk in readers] + [f"subscription:{pk}" for pk in subscriptions]


def _earliest(times: Iterable[datetime | None]) -> datetime | None:
    return min((time for time in times if time), default=None)


def _strictest(bans: Iterable[str]) -> str:
    found = set(bans)
    return next((ban for ban in (Ban.REFUSE, Ban.HOLD) if ban in found), "")


def _reader(rows: Iterable[Reader]) -> dict[str, Any] | None:
    """One row, as a rule; two while the keys are being replaced."""
    rows = list(rows)
    if not rows:
        return None
    return {
        "address": rows[0].address,
        "known_since": _earliest(row.created_at for row in rows),
        "address_proven": _earliest(row.proven_at for row in rows),
        "banned": _earliest(row.banned_at for row in rows),
        "notes": [
            {"text": note.text, "written": note.at} for row in rows for note in row.notes.order_by("pk")
        ],
        "comments_approved": sum(row.approved_count for row in rows),
        "comments_refused": sum(row.refused_count for row in rows),
    }


def _comment(comment: ReaderComment) -> dict[str, Any]:
    return {
        "id": comment.pk,
        "page": comment.page.title,
        "url": f"{comment.page.full_url or ''}#comment-{comment.pk}",
        "status": comment.status,
        "name": comment.user_name,
        "text": comment.comment,
        "sent": comment.submit_date,
        "answers": comment.in_reply_to_id,
        "asked_for_mail": comment.followup,
        "address_proven": comment.proven_at,
        "revisions": [
            {"number": row.number, "text": row.text, "written": row.created_at}
            for row in comment.revisions.all()
        ],
        "decisions": [_decision(row) for row in comment.decisions.all()],
        "links": [
            {"lets_you": row.get_purpose_display(), "until": row.expires_at} for row in comment.tokens.all()
        ],
    }


def _decision(row: Decision) -> dict[str, Any]:
    return {
        "from": row.from_status,
        "to": row.to_status,
        "by": str(BY[Actor(row.actor)]),
        "reasons": row.reasons,
        "decided": row.at,
    }


def _subscription(row: Subscription) -> dict[str, Any]:
    return {
        "to_replies_to": row.comment_id,
        "asked": row.created_at,
        "confirmed": row.confirmed_at,
        "ended": row.ended_at,
    }


def _mail(row: Delivery) -> dict[str, Any]:
    """A mail to staff is listed without its recipient."""
    return {
        "event": row.event,
        "to": gettext("staff") if row.recipient.startswith("user:") else gettext("you"),
        "state": row.state,
        "tried": row.attempts,
        "caused": row.created_at,
        "finished": row.finished_at,
    }
