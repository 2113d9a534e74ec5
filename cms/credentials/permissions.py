"""Who may change another person's log-in, and who may assign which groups."""

from django.contrib.auth.models import Group
from django.db.models import QuerySet

from cms.credentials.staff import Staff

CHANGE_USER = "auth.change_user"


def may_change_log_in(by: Staff, user: Staff) -> bool:
    """Say whether one may, through whichever view: only superusers for a superuser."""
    return by.has_perm(CHANGE_USER) and (by.is_superuser or not user.is_superuser)


def groups_to_give(by: Staff) -> QuerySet[Group]:
    """
    Return the groups that a person may put others into: their own, and all for superusers.

    So people assign no more than they have, whatever a group grants: rights, pages, collections, messages.
    """
    return Group.objects.all() if by.is_superuser else Group.objects.filter(user=by)
