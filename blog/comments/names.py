"""What nobody may use as a name: an e-mail address, and the name of a member of staff."""

import re
import unicodedata

from django.contrib.auth import get_user_model
from django.db.models import Q

# one character at each end is enough to know it by, and leaves nothing to try twice
_ADDRESS = re.compile(r"[^\s@] ?@ ?[^\s@.]+[.\u3002][^\s@]")

# letters of other alphabets that cannot be told from Latin ones by eye (the common part of UTS 39)
_LOOKALIKES = str.maketrans(
    "авеёкмнорстухіїјѕԁһӏԛԝ" + "ανικοορτυχ" + "ı",
    "abeekmhopctyxiijsdhlqw" + "avikooptux" + "i",
)


def is_address(name: str) -> bool:
    """Say whether a name holds an e-mail address."""
    return bool(_ADDRESS.search(unicodedata.normalize("NFKC", name)))


def is_of_staff(name: str) -> bool:
    """Say whether a name is, or looks like, the log-in or the full name of somebody with a part in the site."""
    wanted = look(name)
    return bool(wanted) and any(wanted == look(taken) for taken in _staff_names())


def look(name: str) -> str:
    """Return what the eye keeps of a name: its letters and digits, without case, spaces and punctuation."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return "".join(char for char in folded if unicodedata.category(char)[0] in "LNM").translate(_LOOKALIKES)


def _staff_names() -> list[str]:
    admin = Q(user_permissions__codename="access_admin", user_permissions__content_type__app_label="wagtailadmin")
    staff = get_user_model().objects.filter(Q(is_superuser=True) | Q(groups__isnull=False) | admin)
    staff = staff.filter(is_active=True).order_by().distinct()
    rows = staff.values_list("username", "first_name", "last_name")
    return [name for login, first, last in rows for name in (login, f"{first} {last}")]
