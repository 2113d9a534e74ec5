"""When a comment ends a kept page (``cms.page_cache.watched``): when what anyone can read of it changes."""

from blog.comments.states import Status
from cms.page_cache.watched import COMMENTS, NOWHERE, Rule

ALL = f"'{COMMENTS}'"
PUBLIC = f"{{row}}.status = '{Status.APPROVED}'"

# Of models that are not named, such as the settings, a change shows everywhere.
RULES = {
    "ReaderComment": Rule(
        subjects=(ALL, f"'{COMMENTS}:' || {{row}}.page_id"), seen=PUBLIC, needs=("status", "page_id")
    ),
    # A feed says when a comment was decided, and a decision is written together with its comment.
    "Decision": Rule(subjects=(ALL,), seen="{row}.comment_id IS NOT NULL", on=("UPDATE", "DELETE")),
    **dict.fromkeys(
        (
            "DomainBan",
            "ModeratorNotice",
            "Reader",
            "ReaderNote",
            "Refusal",
            "Report",
            "Revision",
            "SavedReply",
            "Subscription",
            "Token",
        ),
        NOWHERE,
    ),
}
# The words and the place of a comment; its last row is written, and the first one deleted, together with it.
RULES_OF_BASES = {
    "django_comments.Comment": Rule(
        subjects=(ALL, f"'{COMMENTS}:' || {{row}}.object_pk"),
        seen="{row}.is_public",
        needs=("object_pk", "is_public"),
        on=("UPDATE",),
    ),
    "django_comments_xtd.XtdComment": Rule(on=("UPDATE",)),
    "django_comments.CommentFlag": NOWHERE,
    "django_comments_xtd.BlackListedDomain": NOWHERE,
}
