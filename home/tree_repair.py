"""
Repairs a page tree that an unfinished copy or move left broken, without losing a page.

Wagtail's `fixtree` recounts children and depths, but it deletes orphans, and pages whose own table has no
row. Here an orphan is put below its nearest existing ancestor, and a page without its row gets it back from
its last revision, or becomes a plain page that staff can delete. Paths are computed with private names of
django-treebeard 5.3.1; tests/home/test_tree_repair.py fails when they change.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count, islice
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import transaction
from django.db.models import QuerySet
from modelcluster.models import get_all_child_relations
from wagtail.models import Page, Revision, get_page_models

STEP = Page.steplen
LONGEST_START = 240  # of a slug that gets a number behind it
Say = Callable[[str], object]


@transaction.atomic
def repair(say: Say, *, dry_run: bool = False) -> int:
    """Repair what is wrong, or only report it, each problem in one line. Return how many there are."""
    problems = [*_rescue_orphans(), *_restore_own_rows(), *_wrong_counts()]
    call_command("fixtree", interactive=False, stdout=_Silent())
    problems += [*_part_equal_slugs(), *_repair_addresses()]
    for line in problems:
        say(line)
    if dry_run:
        transaction.set_rollback(True)
    return len(problems)


class _Silent:
    """Discards the output of `fixtree`, which is reported here in other words."""

    def write(self, text: str) -> int:
        return len(text)


def _pages() -> QuerySet[Page]:
    """Return all pages, bypassing treebeard's manager, which fails on a broken tree."""
    return QuerySet(Page)


def _rescue_orphans() -> Iterator[str]:
    """Put each page that has no parent, with all below it, below its nearest ancestor."""
    rows = sorted(_pages().values_list("path", "pk", "title"))
    paths = {path for path, _, _ in rows}
    last, top = _last_numbers(paths), next((path for path in sorted(paths) if _fits(path, paths)), "")
    for place, (path, pk, title) in enumerate(rows):
        if path not in paths or _fits(path, paths):  # moved with the one above it, or in order
            continue
        above = _nearest(path, paths) or top
        last[above] += 1
        new = Page._get_path(above, len(above) // STEP + 1, last[above])
        for old in _from_here_down(rows, place):
            moved = new + old[len(path) :]
            _pages().filter(path=old).update(path=moved, depth=len(moved) // STEP)
            paths.remove(old)
            paths.add(moved)
        top = top or new
        where = f"below page {_pages().get(path=above).pk}" if above else "at the top"
        yield f"Page {pk} ({title}) had no page above it: put {where}."


def _fits(path: str, paths: set[str]) -> bool:
    return _is_regular(path) and (len(path) == STEP or path[:-STEP] in paths)


def _is_regular(path: str) -> bool:
    return len(path) % STEP == 0 and set(path) <= set(Page.alphabet)


def _last_numbers(paths: set[str]) -> Counter[str]:
    """Return the highest place in use below each page."""
    last = Counter[str]()
    for path in filter(_is_regular, paths):
        last[path[:-STEP]] = max(last[path[:-STEP]], Page._str2int(path[-STEP:]))
    return last


def _nearest(path: str, paths: set[str]) -> str:
    """Return the path of the nearest ancestor; empty without one."""
    ends = range(len(path) - len(path) % STEP, 0, -STEP)
    above = (path[:end] for end in ends if path[:end] != path)
    return next((each for each in above if each in paths and _fits(each, paths)), "")


def _from_here_down(rows: list[tuple[str, int, str]], place: int) -> Iterator[str]:
    """Yield the path at a place of the sorted rows and those below it, which follow it."""
    top = rows[place][0]
    for path, _, _ in islice(rows, place, None):
        if not path.startswith(top):
            return
        if (len(path) - len(top)) % STEP == 0:
            yield path


def _restore_own_rows() -> Iterator[str]:
    for own, kind in ContentType.objects.get_for_models(*get_page_models()).items():
        for page in _pages().filter(content_type=kind).exclude(pk__in=QuerySet(own).values("pk")):
            yield _restore_own_row(page, own)


def _restore_own_row(page: Page, own: type[Page]) -> str:
    revision = Revision.page_revisions.filter(object_id=str(page.pk)).order_by("-created_at", "-pk").first()
    why = "has no revision"
    if revision is not None:
        try:
            with transaction.atomic():
                lost = _restore(own, {**revision.content, "pk": page.pk})
        except Exception:  # noqa: BLE001 -- whatever an old revision holds, the other pages are repaired
            why = "its last revision cannot be used"
        else:
            without = f", without what is gone: {', '.join(lost)}" if lost else ""
            done = f"restored from its last revision{without}"
            return f"Page {page.pk} ({page.title}) had lost its content: {done}."
    plain = ContentType.objects.get_for_model(Page)
    _pages().filter(pk=page.pk).update(content_type=plain, live=False)
    return f"Page {page.pk} ({page.title}) had lost its content and {why}: unpublished; delete it."


def _restore(own: type[Page], content: dict[str, Any]) -> list[str]:
    """Write a page's own row and its children, such as tags. Return the names that point to nothing now."""
    own.from_serializable_data(content).save_base(raw=True, force_insert=True)
    restored = own.from_serializable_data(content)  # now its children find it
    fields = [field for field in own._meta.local_concrete_fields if field.many_to_one]
    lost = [
        each.name for each in fields if content.get(each.name) and getattr(restored, each.attname) is None
    ]
    for relation in get_all_child_relations(own):
        name = relation.get_accessor_name()
        if relation.model is Page or name not in content:  # children of the page itself were not lost
            continue
        children = getattr(restored, name)
        if children.count() < len(content[name]):
            lost.append(name.replace("_", " "))
        for child in children.all():
            child.pk = None  # its old id may belong to another row now
        children.commit()
    return lost


def _wrong_counts() -> Iterator[str]:
    """Report what `fixtree` is about to repair."""
    _, _, _, wrong_depth, wrong_numchild = Page.find_problems()
    for wrong, what in ((wrong_depth, "depth"), (wrong_numchild, "number of pages below it")):
        for pk in wrong:
            yield f"Page {pk} had a wrong {what}: recounted."


def _part_equal_slugs() -> Iterator[str]:
    """Of two siblings with the same slug, give the later one another."""
    rows = list(_pages().order_by("path").values_list("pk", "path", "slug"))
    used = {(path[:-STEP], slug) for _, path, slug in rows}
    seen: set[tuple[str, str]] = set()
    for pk, path, slug in rows:
        above = path[:-STEP]
        if (above, slug) in seen:
            others = (f"{slug[:LONGEST_START]}-{number}" for number in count(1))
            new = next(other for other in others if (above, other) not in used)
            used.add((above, new))
            _pages().filter(pk=pk).update(slug=new)
            yield f"Page {pk} had the slug “{slug}” of another page beside it: it is “{new}” now."
        seen.add((above, slug))


def _repair_addresses() -> Iterator[str]:
    addresses: dict[str, str] = {}
    for pk, path, slug, address in _pages().order_by("path").values_list("pk", "path", "slug", "url_path"):
        above = addresses.get(path[:-STEP])
        right = addresses[path] = "/" if above is None else f"{above}{slug}/"
        if address != right:
            _pages().filter(pk=pk).update(url_path=right)
            yield f"Page {pk} had the address {address}: it is {right} now."
