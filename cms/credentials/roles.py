"""
What the members of a group may do, in words for those who give it to others.

An app registers the groups that its migrations make, in ``AppConfig.ready``, by their names. A group that the
owner of the site has renamed or made is called by its name.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import Group
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise
LAST = 1000


@dataclass(frozen=True, slots=True)
class Role:
    """``label`` is what a person may do, as a verb; ``sentence`` explains it; ``order`` is its place."""

    label: Words
    sentence: Words
    order: int

    def __str__(self) -> str:
        return str(self.label)


ADMINISTRATOR = Role(
    _("Run the site"),
    _("May do everything: settings, people, and all that is named above."),
    LAST + 1,
)
OF_YOUR_OWN = _("A group made or renamed on this site; see Settings → Groups.")
_roles: dict[str, Role] = {}


def register(group: str, label: Words, sentence: Words, *, order: int) -> None:
    _roles[group] = Role(label, sentence, order)


def of(group: Group) -> Role:
    return _roles.get(group.name) or Role(group.name, OF_YOUR_OWN, LAST)


def in_order(groups: Iterable[Group]) -> list[tuple[Group, Role]]:
    """Return groups with their roles, as they are listed wherever people choose among them."""
    return sorted(((group, of(group)) for group in groups), key=lambda each: (each[1].order, each[0].name))


def of_person(groups: Iterable[Group], *, administrator: bool) -> list[Role]:
    return [role for _, role in in_order(groups)] + ([ADMINISTRATOR] if administrator else [])


def described(group: Group) -> str:
    """Return the name of a group and, if the site knows it, what its members may do."""
    role = _roles.get(group.name)
    return f"{group.name}: {role.sentence}" if role else group.name
