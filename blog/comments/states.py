"""The states of a comment, and the sets of them that mean something."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    PENDING = "pending", _("Held")
    APPROVED = "approved", _("Approved")
    SPAM = "spam", _("Spam")
    TRASH = "trash", _("Trash")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Actor(models.TextChoices):
    PERSON = "person", _("A moderator")
    RULE = "rule", _("A rule")
    AUTHOR = "author", _("The author")


class Moderation(models.TextChoices):
    """Which comments wait for a person."""

    ALL = "all", _("Hold every comment")
    UNTIL_TRUSTED = "until-trusted", _("Hold a person's comments until some were approved")
    NONE = "none", _("Hold only what a rule holds")


class Ban(models.TextChoices):
    """What happens to everything a person, or anyone at a domain, sends. The sender notices no difference."""

    HOLD = "hold", _("Hold every comment")
    REFUSE = "refuse", _("Put every comment in the trash")


PUBLIC = frozenset({Status.APPROVED})
VISIBLE_TO_AUTHOR = frozenset({Status.PENDING, Status.APPROVED})
REFUSED = frozenset({Status.SPAM, Status.TRASH})

# Tabs of the desk that are not states: comments that readers reported, and all comments.
REPORTED = "reported"
EVERY = "every"
