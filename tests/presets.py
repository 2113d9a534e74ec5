"""A second site that has nothing to do with the demo: a bookshop, as its owner would set it up."""

from io import BytesIO

from django.core.files.images import ImageFile
from PIL import Image, ImageDraw
from wagtail.images import get_image_model
from wagtail.models import Site

from blog.models import BlogIndexPage, BlogPostPage
from cms.brand import pictures
from cms.brand.models import SiteIdentity
from home.models import HomePage
from home.pictures import titles
from tests.factories import (
    AuthorFactory,
    BlogFactory,
    CategoryFactory,
    CommentFactory,
    ContactPageFactory,
    PostFactory,
    StandardPageFactory,
)

ACCENT = "#7a1f5c"
IDENTITY = {
    "name": "Foxglove Books",
    "tagline": "New and second-hand, on Canal Street",
    "address": "3 Canal Street\nHebden Bridge",
    "opening_hours": "Tuesday to Saturday, 10 to 6",
    "telephone": "01632 960123",
    "accent": ACCENT,
    "faces": SiteIdentity.Faces.BOOK,
    "corners": SiteIdentity.Corners.PLAIN,
}
TEXT = "<p>We read in the back room, and there is soup. Bring a chair if you have one to spare.</p>"


def logo_file() -> ImageFile:
    """An open book on clear ground."""
    drawn = Image.new("RGBA", (480, 400))
    canvas = ImageDraw.Draw(drawn)
    canvas.polygon([(20, 60), (230, 110), (230, 380), (20, 330)], fill=ACCENT)
    canvas.polygon([(460, 60), (250, 110), (250, 380), (460, 330)], fill="#c9a227")
    out = BytesIO()
    drawn.save(out, "PNG")
    return ImageFile(BytesIO(out.getvalue()), "foxglove.png")


def bookshop() -> dict[str, str]:
    """Make the front page of an empty site into a bookshop's; return the path of each kind of page."""
    logo = get_image_model().objects.create(title="Foxglove", file=logo_file())
    privacy = StandardPageFactory(title="Privacy", slug="privacy", body=[("paragraph", TEXT)])
    SiteIdentity.objects.create(
        site=Site.objects.get(is_default_site=True), logo=logo, privacy_page=privacy, **IDENTITY
    )
    home = HomePage.objects.get()
    home.title, home.heading, home.standfirst = "Foxglove Books", "Books by the canal", "Come in, it rains."
    home.save_revision().publish()
    StandardPageFactory(title="The shop", slug="shop", show_in_menus=True, body=[("paragraph", TEXT)])
    contact = ContactPageFactory(title="Find us", slug="find-us", show_in_menus=True)
    blog = BlogFactory(title="Notes", slug="notes", show_in_menus=True)
    post = _posts(blog)
    pictures.draw_due()
    titles.draw_all()
    return {
        "home": "/",
        "blog": blog.url,
        "post": post.url,
        "contact": contact.url,
        "search": "/search/?q=books",
        "not found": "/no-such-page/",
    }


def _posts(blog: BlogIndexPage) -> BlogPostPage:
    author, category = (
        AuthorFactory(name="Ada Quill", slug="ada"),
        CategoryFactory(name="Reading", slug="reading"),
    )
    for number, title in enumerate(("Night reading", "Five books for winter", "How we price old books")):
        post = PostFactory(
            parent=blog,
            title=title,
            slug=f"note-{number}",
            standfirst="What is on the table by the door.",
            author=author,
            category=category,
            body=[("heading", {"text": "What we read", "level": "h2"}), ("paragraph", TEXT)],
        )
    CommentFactory(page=post, approved=True, text="I will bring a chair.")
    return post
