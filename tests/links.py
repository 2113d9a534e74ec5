"""Follows the links of pages, as visitors do."""

import re

from tests.conftest import visitor

LINK = re.compile(r'(?:href|src)="(/[^"#]*)')
FILES = ("/static/", "/media/")


def dead_links(*begin: str) -> list[str]:
    """Follow the links of these pages and of all they lead to; return what does not answer 200."""
    seen, waiting, dead = set(begin), list(begin), []
    while waiting:
        url = waiting.pop()
        answer = visitor().get(url)
        if answer.status_code != 200:
            dead.append(url)
        elif answer["Content-Type"].startswith(("text/html", "application/atom")):
            found = {
                link for link in LINK.findall(answer.content.decode()) if not link.startswith(FILES)
            } - seen
            seen |= found
            waiting += found
    return dead
