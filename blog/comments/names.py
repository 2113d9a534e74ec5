"""What nobody may use as a name: an e-mail address, and the name of a member of staff."""

import re
import unicodedata

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Q, QuerySet

from blog.comments import words
from cms.prepared import prepared

# one character at each end is enough to know it by
_ADDRESS = re.compile(r"[^\s@] ?@ ?[^\s@.\u3002]+[.\u3002][^\s@]")

# Cyrillic, then Greek letters that the eye takes for Latin ones: the everyday part of Unicode's list (UTS 39)
_LOOKALIKES = str.maketrans(
    "АВЕЅЈКМНОРСТУХІаеѕјкорсухіһԁԛԝ" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαικνορυχ",
    "ABESJKMHOPCTYXIaesjkopcyxihdqw" + "ABEZHIKMNOPTYXaikvopux",
)


def of(staff: AbstractBaseUser) -> str:
    """Return the name a member of staff comments under; never the log-in."""
    return staff.get_full_name() or "Staff"


def is_address(name: str) -> bool:
    """Say whether an e-mail address stands in a name."""
    return bool(_ADDRESS.search(unicodedata.normalize("NFKC", name)))


def is_of_staff(name: str) -> bool:
    """Say whether a name reads like the log-in or full name of somebody who works on the site. One query."""
    wanted = look(name)
    return bool(wanted) and any(wanted == look(taken) for taken in _staff_names())


def look(name: str) -> str:
    """Return what the eye keeps of a name: letters and digits, without case, spaces and punctuation."""
    folded = words.fold(unicodedata.normalize("NFKC", name).translate(_LOOKALIKES))
    return "".join(char for char in folded if unicodedata.category(char)[0] in "LNM")


def _staff_names() -> list[str]:
    return [name for login, first, last in _staff() for name in (login, f"{first} {last}")]


@prepared
def _staff() -> QuerySet:
    may_enter = Q(
        user_permissions__codename="access_admin",
        user_permissions__content_type__app_label="wagtailadmin",
    )
    staff = get_user_model().objects.filter(Q(is_superuser=True) | Q(groups__isnull=False) | may_enter)
    return staff.filter(is_active=True).distinct().values_list("username", "first_name", "last_name")
