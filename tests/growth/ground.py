"""A small site that has one of everything `fill` makes copies of."""

from blog.models import BlogIndexPage, BlogPostPage
from home.contact import actions
from home.contact.sent import SentMessage
from home.models import HomePage
from tests.factories import (
    AuthorFactory,
    BlogFactory,
    CategoryFactory,
    CommentFactory,
    ContactPageFactory,
    PostFactory,
    StandardPageFactory,
)

COMMON = "hour"  # a word of every post
MANY_WORDS = "what is it a quiet hour of a first visit"
SUBJECTS = ("Sleep", "Neck", "A first visit", "Headaches", "Tea", "Walking", "Rest", "Light", "Noise", "Food")


def make() -> None:
    home = HomePage.objects.get()
    blog = BlogFactory(parent=home)
    terms = {"author": AuthorFactory(), "category": CategoryFactory()}
    posts = [_post(blog, subject, terms) for subject in SUBJECTS]
    for post in posts:
        CommentFactory.create_batch(2, page=post, approved=True)
    StandardPageFactory(parent=home)
    contact = ContactPageFactory(parent=home)
    actions.submit(
        contact, SentMessage(name="Ben Ode", address="ben@visitor.example", fields=(("Message", "When?"),))
    )


def _post(blog: BlogIndexPage, subject: str, terms: dict[str, object]) -> BlogPostPage:
    post = PostFactory(
        parent=blog, title=f"{subject} and a quiet hour", with_picture=True, drawn=False, **terms
    )
    post.tags.add(subject.lower(), "calm")
    post.save()
    return post
