"""
A new comment as it is written down: its rows and its decision.

``actions`` calls this once it knows that the page takes comments, and what the rules say.
"""

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone
from django_comments.models import Comment
from django_comments.signals import comment_was_posted
from django_comments_xtd.models import XtdComment
from wagtail.models import Page

from blog.comments.models import ReaderComment, Revision
from blog.comments.moderation import changes
from blog.comments.moderation.changes import By
from blog.comments.moderation.evidence import Evidence, lock_answered
from blog.comments.moderation.submissions import Submission, staff_key
from blog.comments.rules import names
from blog.comments.rules.verdicts import Remark, Verdict
from blog.comments.states import PUBLIC, Actor, Status
from cms.credentials.staff import Staff
from cms.reading.prepared import insert


def keep(submission: Submission, known: Evidence, verdict: Verdict) -> ReaderComment:
    """Write a reader's comment. Raises IntegrityError when the same words were quicker."""
    comment = _insert(
        submission.page,
        known.answered,
        user_name=submission.name,
        comment=submission.text,
        followup=submission.notify,
        status=verdict.status,
        reason=verdict.reasons[0] if verdict.reasons else "",
        proven_at=timezone.now() if known.proven else None,
        reader=known.reader,
        idempotency_key=submission.client_key,
        words_key=submission.words_key,
    )
    changes.begin(comment, By(Actor.RULE, reasons=verdict.reasons))
    return comment


def keep_of_staff(above: ReaderComment, text: str, by: Staff) -> ReaderComment:
    """Publish what staff answer. No reader, no address: a badge and an account."""
    comment = _insert(
        above.page,
        lock_answered(above.pk),
        user_name=names.of(by),
        user=by,
        by_staff=True,
        comment=text,
        status=Status.APPROVED,
        words_key=staff_key(above, text, by),
    )
    changes.begin(comment, By(Actor.PERSON, by, (Remark.WRITTEN_BY_STAFF,)))
    return comment


def _insert(page: Page, above: ReaderComment | None, **said: object) -> ReaderComment:
    """Write the rows of a comment and its words: ``save`` would ask for each whether it is there already."""
    comment = ReaderComment(
        content_type=ContentType.objects.get_for_model(page),
        object_pk=str(page.pk),
        site_id=settings.SITE_ID,
        page_id=page.pk,
        in_reply_to=above,
        root_id=(above.root_id or above.pk) if above else None,
        level=above.level + 1 if above else 0,
        under_held=changes.below_held(above),
        submit_date=timezone.now(),
        **said,
    )
    comment.is_public = comment.status in PUBLIC
    insert(comment, into=Comment)
    comment.comment_ptr_id = comment.xtdcomment_ptr_id = comment.id
    insert(comment, into=XtdComment)
    insert(comment)
    insert(Revision(comment=comment, number=comment.revision, text=comment.comment))
    transaction.on_commit(
        lambda: comment_was_posted.send(sender=ReaderComment, comment=comment, request=None),
        robust=True,  # the comment is kept, whatever another app makes of it
    )
    return comment
