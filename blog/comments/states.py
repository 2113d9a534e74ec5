"""The states of a comment, and the sets of them that mean something."""

from django.db import models


class Status(models.TextChoices):
    PENDING = "pending", "Held"
    APPROVED = "approved", "Approved"
    SPAM = "spam", "Spam"
    TRASH = "trash", "Trash"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Actor(models.TextChoices):
    PERSON = "person", "A moderator"
    RULE = "rule", "A rule"
    AUTHOR = "author", "The author"


class Moderation(models.TextChoices):
    """Which comments wait for a person."""

    ALL = "all", "Hold every comment"
    UNTIL_TRUSTED = "until-trusted", "Hold a person's comments until some were approved"
    NONE = "none", "Hold only what a rule holds"


class Ban(models.TextChoices):
    """What becomes of everything that a person, or anybody at a domain, sends. He is answered as ever."""

    HOLD = "hold", "Hold every comment"
    REFUSE = "refuse", "Put every comment in the trash"


PUBLIC = frozenset({Status.APPROVED})
VISIBLE_TO_AUTHOR = frozenset({Status.PENDING, Status.APPROVED})
REFUSED = frozenset({Status.SPAM, Status.TRASH})

# Lists of moderators that are no state: what readers complain of, and all there is.
REPORTED = "reported"
EVERY = "every"
