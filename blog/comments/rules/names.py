"""
Names that no reader may use: an email address, and the public name of a member of staff.

Only names that any visitor can read on the site count, so that trying one name after another reveals
neither log-ins nor the names of staff who never reply in public.
"""

import re
import unicodedata
from collections.abc import Iterable

from cms.credentials.staff import Staff
from cms.text import cleaning, words

# one character at each end is enough to know it by
_ADDRESS = re.compile(r"[^\s@] ?(?:@|%40) ?[^\s@.\u3002]+[.\u3002][^\s@]")

# Cyrillic, then Greek letters that the eye takes for Latin ones: the everyday part of Unicode's list (UTS 39)
_LOOKALIKES = str.maketrans(
    "АВЕЅЈКМНОРСТУХІаеѕјкорсухіһԁԛԝ" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαικνορυχ",
    "ABESJKMHOPCTYXIaesjkopcyxihdqw" + "ABEZHIKMNOPTYXaikvopux",
)


def of(staff: Staff) -> str:
    """Return the name a member of staff comments under; never the log-in."""
    return staff.get_full_name() or "Staff"


def is_address(name: str) -> bool:
    """Say whether a name contains an email address."""
    return bool(_ADDRESS.search(cleaning.compatible(name)))


def reads_like_one_of(name: str, taken: Iterable[str]) -> bool:
    """Say whether the eye takes a name for one of those that are taken."""
    wanted = look(name)
    return bool(wanted) and any(wanted == look(each) for each in taken)


def look(name: str) -> str:
    """Return what the eye keeps of a name: letters and digits, without case, spaces and punctuation."""
    folded = words.fold(cleaning.compatible(name).translate(_LOOKALIKES))
    return "".join(char for char in folded if unicodedata.category(char)[0] in "LNM")
