"""The names of what is told. They are part of the contract: a name is never given another meaning."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PAGE_PUBLISHED = "page.published"
PAGE_UNPUBLISHED = "page.unpublished"
PAGE_MOVED = "page.moved"
PAGE_DELETED = "page.deleted"
PAGE_RESTRICTED = "page.restricted"
COMMENT_APPROVED = "comment.approved"
COMMENT_EDITED = "comment.edited"
COMMENT_WITHDRAWN = "comment.withdrawn"
COMMENT_REMOVED = "comment.removed"
MESSAGE_RECEIVED = "message.received"
TEST = "endpoint.test"  # sent by a button, to one endpoint
TEST_LABEL = _("A test, sent by an administrator")

LABELS: Mapping[str, Promise] = {
    PAGE_PUBLISHED: _("A page is published, for the first time or with changes"),
    PAGE_UNPUBLISHED: _("A page is unpublished"),
    PAGE_MOVED: _("A page has another address"),
    PAGE_DELETED: _("A page is deleted"),
    PAGE_RESTRICTED: _("Who may read a page is changed"),
    COMMENT_APPROVED: _("A comment is shown"),
    COMMENT_EDITED: _("The words of a shown comment are changed"),
    COMMENT_WITHDRAWN: _("A shown comment is withdrawn by its author"),
    COMMENT_REMOVED: _("A shown comment is no longer shown"),
    MESSAGE_RECEIVED: _("A message to staff has come"),
}
