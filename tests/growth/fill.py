"""Fills a site with what it has already, many times: posts, comments, readers, tags, messages, pictures."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django_comments.models import Comment
from django_comments_xtd.models import XtdComment
from modelsearch.conf import get_app_config
from taggit.models import Tag
from wagtail.contrib.redirects.models import Redirect
from wagtail.images import get_image_model
from wagtail.models import Page, Site

from blog.comments.models import Decision, Reader, ReaderComment, Report
from blog.models import Author, BlogIndexPage, BlogPostPage, BlogPostTag
from cms.brand.models import PagePicture
from cms.outbox.models import Delivery
from home.contact.models import ContactMessage
from tests.growth import sql

HOT = 10  # one of so many comments is on one post
HOT_POST = 61  # which one; not among the newest, so that no list begins with it
MODELLED = "growth_modelled"  # posts that others are copies of
SAID = "growth_said"  # comments as they will be
FIRST_PLACE = 100_000  # below a blog, after all that it may have
TAGS = 200
SENTENCE = "My neck is better now; how long does it last for you? "
REASON = "hold-all"
FROM_SAID = f"{SAID} AS n"


@dataclass(frozen=True, slots=True)
class Sizes:
    posts: int
    comments: int
    readers: int
    messages: int
    pictures: int

    @classmethod
    def times(cls, factor: int) -> Self:
        """Return about so many times the demo; a thousand times is 10,000 posts and 1,000,000 comments."""
        hundreds = 100 * factor
        return cls(
            posts=10 * factor,
            comments=10 * hundreds,
            readers=hundreds,
            messages=hundreds,
            pictures=hundreds,
        )


@dataclass(frozen=True, slots=True)
class Keys:
    """The last keys before: number ``n`` has the key after them."""

    post: int
    comment: int
    reader: int
    tag: int
    author: int
    picture: int

    @classmethod
    def now(cls) -> Self:
        models = (Page, Comment, Reader, Tag, Author, get_image_model())
        return cls(*map(sql.last_key, models))


def fill(sizes: Sizes) -> None:
    """
    Fill the site. It has a post with picture, author, tag and a comment by a reader; a message if any.

    It takes at least HOT_POST posts. Three of ten are in a section of their own, two in a private one; one of
    ten has no picture.
    """
    sql.begin(max(sizes.posts, sizes.comments, sizes.readers, sizes.messages, sizes.pictures, TAGS))
    sections = _sections()
    keys = Keys.now()
    _terms(keys, sizes)
    _pictures(keys, sizes)
    _posts(keys, sizes, sections)
    _comments(keys, sizes)
    _messages(sizes)
    _mails(sizes)
    sql.go_on_after([Page, Comment, Reader, Tag, Author, get_image_model()])
    sql.analyse()


def _sections() -> list[BlogIndexPage]:
    """Return the blog there is, another one, and a private one."""
    blog = BlogIndexPage.objects.order_by("path").first()
    home = blog.get_parent()
    made = [home.add_child(instance=BlogIndexPage(title=name, slug=f"grown-{name}")) for name in ("b", "c")]
    made[1].view_restrictions.create(restriction_type="login")
    return [blog, *made]


def _terms(keys: Keys, sizes: Sizes) -> None:
    sql.copies(
        Tag,
        f"t.id = {_first(Tag)} AND n.n <= {TAGS}",
        {"id": f"{keys.tag} + n.n", "name": "'Grown tag ' || n.n", "slug": "'grown-tag-' || n.n"},
    )
    sql.copies(
        Author,
        f"t.id = {_first(Author)} AND n.n <= {_authors(sizes)}",
        {"id": f"{keys.author} + n.n", "name": "'Author ' || n.n", "slug": "'grown-author-' || n.n"},
    )


def _authors(sizes: Sizes) -> int:
    return max(1, sizes.posts // 50)


def _pictures(keys: Keys, sizes: Sizes) -> None:
    model = get_image_model()
    image = sql.value(_columns(BlogPostPage, "hero_id", "hero_id IS NOT NULL"))
    sql.copies(
        model,
        f"t.id = {image} AND n.n <= {sizes.pictures}",
        {
            "id": f"{keys.picture} + n.n",
            "title": "'Picture number ' || n.n",
            "created_at": sql.ago("n.n"),
            "file_hash": "MD5('p' || n.n)",
        },
    )
    drawn = min(sizes.posts, sizes.pictures)
    sql.copies(
        model.get_rendition_model(),
        f"t.image_id = {image} AND n.n <= {drawn}",
        {"image_id": f"{keys.picture} + n.n", "file": "REPLACE(t.file, '.', '-' || n.n || '.')"},
    )
    _index(model, f"t.object_id = '{image}' AND n.n <= {sizes.pictures}", f"{keys.picture} + n.n", "")


def _posts(keys: Keys, sizes: Sizes, sections: list[BlogIndexPage]) -> None:
    _choose_models()
    rows = f"t.{{pk}} = m.id AND n.n <= {sizes.posts}"
    source = f"{sql.FROM_NUMBERS} JOIN {MODELLED} AS m ON m.k = n.n % (SELECT COUNT(*) FROM {MODELLED})"
    key = f"{keys.post} + n.n"
    _post_pages(rows.format(pk="id"), key, source, sections)
    pictures = min(sizes.posts, sizes.pictures)
    sql.copies(
        BlogPostPage,
        rows.format(pk="page_ptr_id"),
        {
            "page_ptr_id": key,
            "date": sql.days_ago("n.n / 24"),
            "author_id": f"{keys.author} + 1 + n.n % {_authors(sizes)}",
            "hero_id": f"CASE WHEN n.n % 10 = 3 THEN NULL ELSE {keys.picture} + 1 + n.n % {pictures} END",
        },
        source=source,
    )
    for order, every in enumerate((12, 29, 37)):  # one tag of a dozen, and two rarer ones
        sql.copies(
            BlogPostTag,
            f"t.id = {_first(BlogPostTag)} AND n.n <= {sizes.posts}",
            {"content_object_id": key, "tag_id": f"{keys.tag} + 1 + {60 * order} + n.n % {every}"},
        )
    _index(BlogPostPage, f"t.object_id = CAST(m.id AS varchar(50)) AND n.n <= {sizes.posts}", key, source)
    _beside_posts(keys, sizes)


def _choose_models() -> None:
    sql.run(f"DROP TABLE IF EXISTS {MODELLED}")
    sql.run(f"CREATE TEMPORARY TABLE {MODELLED} (k integer PRIMARY KEY, id integer)")
    sql.run(
        f"INSERT INTO {MODELLED} SELECT ROW_NUMBER() OVER (ORDER BY page_ptr_id) - 1, page_ptr_id "
        "FROM blog_blogpostpage"
    )


def _post_pages(rows: str, key: str, source: str, sections: list[BlogIndexPage]) -> None:
    sql.copies(
        Page,
        rows,
        {
            "id": key,
            "path": _of_section([f"'{each.path}'" for each in sections])
            + " || "
            + sql.place(f"{FIRST_PLACE} + n.n"),
            "depth": str(sections[0].depth + 1),
            "slug": "'grown-' || n.n",
            "url_path": _of_section([f"'{each.url_path}'" for each in sections])
            + " || 'grown-' || n.n || '/'",
            "title": "t.title || ' ' || n.n",
            "draft_title": "t.title || ' ' || n.n",
            "live": "true",
            "translation_key": sql.uuid(),
            "first_published_at": sql.ago("60 * n.n"),
            "last_published_at": sql.ago("60 * n.n"),
            "latest_revision_created_at": sql.ago("60 * n.n"),
            "latest_revision_id": "NULL",
            "live_revision_id": "NULL",
        },
        source=source,
    )
    for each in sections:
        below = f"depth = {each.depth + 1} AND path LIKE '{each.path}%'"
        children = f"SELECT COUNT(*) FROM wagtailcore_page WHERE {below}"
        sql.run(f"UPDATE wagtailcore_page SET numchild = ({children}) WHERE id = {each.pk}")


def _of_section(values: list[str]) -> str:
    first, second, private = values
    return f"(CASE WHEN n.n % 5 = 0 THEN {private} WHEN n.n % 10 IN (2, 4, 7) THEN {second} ELSE {first} END)"


def _beside_posts(keys: Keys, sizes: Sizes) -> None:
    """Pictures of their titles where posts have no other, and an old address for each."""
    site = Site.objects.get(is_default_site=True)
    one = PagePicture.objects.first() or PagePicture.objects.create(
        page=site.root_page, digest="drawn", content=b"-", width=1, height=1
    )
    sql.copies(
        PagePicture,
        f"t.page_id = {one.pk} AND n.n <= {sizes.posts} AND n.n % 10 = 3",
        {"page_id": f"{keys.post} + n.n"},
    )
    redirect = Redirect.objects.create(old_path="/grown-old", site=site, redirect_page=site.root_page)
    sql.copies(
        Redirect,
        f"t.id = {redirect.pk} AND n.n <= {sizes.posts}",
        {"old_path": "'/grown-old-' || n.n", "redirect_page_id": f"{keys.post} + n.n"},
    )


def _index(model: type[Model], rows: str, key: str, source: str) -> None:
    """Copy entries of the search index, with a word in each that no other has."""
    entry = get_app_config().get_model("IndexEntry")
    kind = ContentType.objects.get_for_model(model).pk
    values = {
        "object_id": f"CAST({key} AS varchar(50))",
        "body": sql.of_vendor(
            "COALESCE(t.body, '') || ' rare' || n.n", "t.body || to_tsvector('simple', 'rare' || n.n)"
        ),
    }
    sql.copies(entry, f"t.content_type_id = {kind} AND {rows}", values, source=source or sql.FROM_NUMBERS)


def _comments(keys: Keys, sizes: Sizes) -> None:
    _say(keys, sizes)
    comment = _first(ReaderComment)
    reader = sql.value(_columns(Reader, "id"))
    sql.copies(
        Reader,
        f"t.id = {reader} AND n.n <= {sizes.readers}",
        {
            "id": f"{keys.reader} + n.n",
            "address_index": "MD5('grown r' || n.n)",
            "created_at": sql.ago("525600"),
            "ban": "''",
            "banned_at": "NULL",
        },
    )
    post = ContentType.objects.get_for_model(BlogPostPage).pk
    chain: Mapping[type[Model], dict[str, str]] = {
        Comment: {
            "id": "n.id",
            "object_pk": "CAST(n.page AS varchar(50))",
            "content_type_id": str(post),
            "user_name": "'Reader ' || (n.n % 977)",
            "comment": f"REPEAT('{SENTENCE}', 1 + n.n % 4) || 'w' || n.n",
            "submit_date": sql.ago(_minutes(sizes)),
            "is_public": "n.status = 'approved'",
        },
        XtdComment: {"comment_ptr_id": "n.id", "level": "CASE WHEN n.top IS NULL THEN 0 ELSE 1 END"},
        ReaderComment: {
            "xtdcomment_ptr_id": "n.id",
            "status": "n.status",
            "page_id": "n.page",
            "reader_id": f"{keys.reader} + 1 + n.n % {sizes.readers}",
            "in_reply_to_id": "n.top",
            "root_id": "n.top",
            "under_held": "false",
            "revision": "1",
            "held_revision": "NULL",
            "version": "1",
            "reason": f"CASE WHEN n.status = 'pending' THEN '{REASON}' ELSE '' END",
            "by_staff": "n.n % 1009 = 0",
            "idempotency_key": "NULL",
            "words_key": "MD5('grown w' || n.n)",
        },
    }
    for model, values in chain.items():
        sql.copies(model, f"t.{model._meta.pk.column} = {comment}", values, source=FROM_SAID)
    _decisions(sizes)


def _say(keys: Keys, sizes: Sizes) -> None:
    """One of HOT on the HOT_POST, the rest evenly; of five on a post two answer the first of them."""
    hot, posts = sizes.comments // HOT, sizes.posts
    first = keys.comment
    page = f"{keys.post} + CASE WHEN n <= {hot} THEN {HOT_POST} ELSE 1 + n % {posts} END"
    turn = f"(n / {posts}) % 5"
    on_hot = f"CASE WHEN n % 5 IN (1, 2) AND n > 5 THEN {first} + n - n % 5 END"
    opened = f"n - ({turn}) * {posts}"
    elsewhere = f"CASE WHEN {turn} IN (1, 2) AND {opened} > {hot} THEN {first} + {opened} END"
    top = f"CASE WHEN n <= {hot} THEN {on_hot} ELSE {elsewhere} END"
    late = sizes.comments - hot  # the last ones wait, or were spam
    answered = f"CASE WHEN n <= {hot} THEN n % 5 = 0 ELSE {turn} = 0 END"
    status = (
        f"CASE WHEN n > {late} AND n % 5 = 3 AND NOT ({answered}) THEN 'pending' "
        f"WHEN n > {late} AND n % 5 = 4 AND NOT ({answered}) THEN 'spam' ELSE 'approved' END"
    )
    sql.run(f"DROP TABLE IF EXISTS {SAID}")
    sql.run(
        f"CREATE TEMPORARY TABLE {SAID} "
        "(n integer PRIMARY KEY, id integer, page integer, top integer, status text)"
    )
    sql.run(
        f"INSERT INTO {SAID} SELECT n, {first} + n, {page}, {top}, {status} "
        f"FROM {sql.NUMBERS} WHERE n <= {sizes.comments}"
    )


def _minutes(sizes: Sizes) -> str:
    """Minutes since a comment came: all within three years."""
    return f"CAST((1.0 * ({sizes.comments} - n.n) / {sizes.comments}) * 1576800 AS integer) + 1"


def _decisions(sizes: Sizes) -> None:
    one = Decision.objects.order_by("pk").first() or Decision.objects.create(
        comment_id=_first(ReaderComment), revision=1, to_status="approved", actor="rule"
    )
    same = f"t.id = {one.pk}"
    came = {"comment_id": "n.id", "revision": "1", "act": "NULL", "refusal_id": "NULL"}
    sql.copies(
        Decision,
        same,
        {
            **came,
            "from_status": "''",
            "to_status": "'pending'",
            "actor": "'rule'",
            "user_id": "NULL",
            "waited": "NULL",
            "at": sql.ago(_minutes(sizes)),
        },
        source=FROM_SAID,
    )
    sql.copies(
        Decision,
        f"{same} AND n.status <> 'pending'",
        {
            **came,
            "from_status": "'pending'",
            "to_status": "n.status",
            "actor": "'person'",
            "waited": "2400",
            "at": sql.ago(f"({_minutes(sizes)}) - 1"),
        },
        source=FROM_SAID,
    )
    report = Report.objects.create(comment_id=_first(ReaderComment), reason="spam")
    sql.copies(
        Report,
        f"t.id = {report.pk} AND n.n % 2003 = 0 AND n.status = 'approved'",
        {"comment_id": "n.id", "at": sql.ago("2880")},
        source=FROM_SAID,
    )


def _messages(sizes: Sizes) -> None:
    sql.copies(
        ContactMessage,
        f"t.id = {_first(ContactMessage)} AND n.n <= {sizes.messages}",
        {
            "name": "'Visitor ' || n.n",
            "address_index": f"MD5('grown m' || (n.n % {max(1, sizes.messages // 2)}))",
            "handled_at": f"CASE WHEN n.n % 100 > 0 THEN {sql.ago('n.n')} END",
            "submitted_at": sql.ago("n.n"),
            "state": "CASE WHEN n.n % 100 = 0 THEN 'new' WHEN n.n % 25 = 1 THEN 'spam' ELSE 'handled' END",
            "words": "t.words || ' number ' || n.n",
            "words_key": "MD5('grown mw' || n.n)",
            "idempotency_key": "NULL",
        },
    )


def _mails(sizes: Sizes) -> None:
    """Sent mail, two for each ten comments."""
    sql.copies(
        Delivery,
        f"t.id = {_first(Delivery)} AND n.n <= {sizes.comments // 5}",
        {
            "subject_id": "n.n",
            "recipient": "'subscription:' || n.n",
            "message_id": sql.uuid(),
            "state": "'sent'",
            **{name: sql.ago("n.n / 60") for name in ("due_at", "created_at", "finished_at", "wanted_since")},
        },
    )


def _first(model: type[Model]) -> int:
    """Return the first key of a table; 0, which no row has, where there is none."""
    found = model._default_manager.order_by("pk").values_list("pk", flat=True).first()
    return found or 0


def _columns(model: type[Model], column: str, where: str = "1 = 1") -> str:
    return f'SELECT COALESCE(MIN("{column}"), 0) FROM "{model._meta.db_table}" WHERE {where}'
