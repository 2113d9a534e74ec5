"""Places in the tree of pages."""

from django.db.models.expressions import RawSQL
from wagtail.models import Page

from cms.reading.prepared import Given

_STEP = "Z" * Page.steplen  # no place right below another has more
_PAGES = Page._meta.db_table
_BELOW = f"""
    WITH RECURSIVE below(path) AS (
        SELECT MIN(path) FROM {_PAGES} WHERE path > %s AND path <= CAST(%s AS varchar(255)) || '{_STEP}'
        UNION ALL
        SELECT (
            SELECT MIN(page.path) FROM {_PAGES} AS page
            WHERE page.path > below.path || '{_STEP}' AND page.path <= CAST(%s AS varchar(255)) || '{_STEP}'
        )
        FROM below WHERE below.path IS NOT NULL
    )
    SELECT path FROM below WHERE path IS NOT NULL
"""  # noqa: S608 -- a table and a constant


def right_below(path: Given) -> RawSQL:
    """
    Return the places right below one, for a prepared query.

    It takes one look into the index for each; all pages that are anywhere below may be the whole site.
    """
    return RawSQL(_BELOW, [path] * 3)  # noqa: S611 -- as above
