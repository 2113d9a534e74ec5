"""One factory for each model, one trait for each state. Comments and messages come through the front door."""

import math
from collections.abc import Iterable, Sequence

import factory
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.utils import timezone
from django_comments.models import Comment
from factory.django import DjangoModelFactory
from wagtail_factories import ImageFactory, PageFactory

from blog.comments.models import Decision, ReaderComment
from blog.comments.moderation import actions
from blog.comments.moderation.submissions import Submission
from blog.models import Author, BlogIndexPage, BlogPostPage, Category
from home.models import ContactPage, HomePage, PictureCare, StandardPage
from home.pictures import drawing

PASSWORD = "a long enough password"


class UserFactory(DjangoModelFactory):
    class Meta:
        model = get_user_model()
        skip_postgeneration_save = True

    class Params:
        admin = factory.Trait(is_superuser=True, is_staff=True)

    username = factory.Sequence(lambda number: f"user{number}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@staff.example")
    password = factory.django.Password(PASSWORD)

    @factory.post_generation
    def group(self, create, name, **kwargs):
        if create and name:
            self.groups.add(Group.objects.get(name=name))


class AuthorFactory(DjangoModelFactory):
    class Meta:
        model = Author

    name = "Mara Ellis"
    slug = factory.Sequence(lambda number: f"author-{number}")


class CategoryFactory(DjangoModelFactory):
    class Meta:
        model = Category

    name = "Treatments"
    slug = factory.Sequence(lambda number: f"category-{number}")


class HomePageFactory(PageFactory):
    class Meta:
        model = HomePage

    title = "Another site"


class BlogFactory(PageFactory):
    class Meta:
        model = BlogIndexPage

    title = "Blog"
    slug = "blog"
    parent = factory.LazyFunction(HomePage.objects.get)


class PostFactory(PageFactory):
    class Meta:
        model = BlogPostPage
        skip_postgeneration_save = True

    class Params:
        draft = factory.Trait(live=False)
        closed = factory.Trait(comments_open=False)
        with_picture = factory.Trait(hero=factory.SubFactory(ImageFactory))

    title = factory.Sequence(lambda number: f"Post {number}")
    slug = factory.Sequence(lambda number: f"post-{number}")
    standfirst = "What you will learn."
    body = factory.LazyFunction(
        lambda: [
            ("heading", {"text": "What is it?", "level": "h2"}),
            ("paragraph", "<p>It is a quiet hour.</p>"),
        ]
    )
    first_published_at = factory.LazyFunction(timezone.now)
    parent = factory.LazyFunction(lambda: BlogIndexPage.objects.first() or BlogFactory())

    @factory.post_generation
    def drawn(self, create, extracted, **kwargs):
        """As publishing leaves it; `drawn=False` for a picture that was not drawn yet."""
        if create and self.hero and extracted is not False:
            draw(self.hero)


class StandardPageFactory(PageFactory):
    class Meta:
        model = StandardPage

    title = "About"
    slug = "about"
    parent = factory.LazyFunction(HomePage.objects.get)


class ContactPageFactory(PageFactory):
    class Meta:
        model = ContactPage

    class Params:
        with_subjects = factory.Trait(
            subjects=[
                ("subject", {"name": "Appointments", "recipients": "desk@clinic.example"}),
                ("subject", {"name": "Invoices", "recipients": "anna@clinic.example, otto@clinic.example"}),
                ("subject", {"name": "Something else", "recipients": ""}),
            ]
        )
        asking = factory.Trait(
            questions=[
                ("line", {"question": "Where do you live?", "hint": "The town.", "must_answer": True}),
                ("text", {"question": "What have you tried?"}),
                ("number", {"question": "How many come?", "least": 1, "most": 12}),
                ("date", {"question": "When would suit you?"}),
                ("one_of", {"question": "How shall we answer?", "options": ["By mail", "By telephone"]}),
                ("some_of", {"question": "What do you need?", "options": ["A ramp", "A lift", "Quiet"]}),
                ("tick", {"question": "I have read the notice", "must_answer": True}),
            ]
        )

    title = "Contact"
    slug = "contact"
    parent = factory.LazyFunction(HomePage.objects.get)


class CommentFactory(factory.Factory):
    """Sends a comment and, for a trait, lets a moderator decide."""

    class Meta:
        model = Submission

    class Params:
        approved = factory.Trait(decision="approve")
        spam = factory.Trait(decision="spam")
        trashed = factory.Trait(decision="trash")

    page = factory.LazyFunction(PostFactory)
    name = factory.Sequence(lambda number: f"Reader {number}")
    address = factory.Sequence(lambda number: f"reader{number}@example.org")
    text = factory.Sequence(lambda number: f"A thought, number {number}.")
    decision = ""

    @classmethod
    def _create(cls, model_class, *args, decision, **kwargs):
        receipt = actions.submit(model_class(*args, **kwargs))
        comment = ReaderComment.objects.get(pk=receipt.comment_id)
        if not decision:
            return comment
        by = get_user_model().objects.filter(username="decider").first()
        by = by or UserFactory(username="decider", group="Comment moderators")
        return actions.VERBS[decision](comment, by=by, version=comment.version)


def draw(picture) -> None:
    """Draw a picture in every shape, as the worker does."""
    PictureCare.objects.update_or_create(pk=picture.pk, defaults={"leads": True, "due_at": timezone.now()})
    drawing.draw(picture.pk, until=math.inf)


def plant_decisions(user, waited: Iterable[int | None], to: str = "approved", **fields) -> None:
    """Write decisions of a moderator, or of a rule for None; each comment had waited that many seconds."""
    actor = "person" if user else "rule"
    Decision.objects.bulk_create(
        Decision(
            user=user, actor=actor, from_status="pending", to_status=to, revision=1, waited=seconds, **fields
        )
        for seconds in waited
    )


def plant_comments(post, answered: Sequence[int | None], status: str = "approved") -> list[int]:
    """Write many comments at once, past the front door. Each answers the one at an index, or none."""
    comments = Comment.objects.bulk_create(
        Comment(
            content_type=ContentType.objects.get_for_model(post),
            object_pk=str(post.pk),
            site_id=settings.SITE_ID,
            user_name=f"Planted {number}",
            comment=f"Planted thought {number}.",
            submit_date=timezone.now(),
            is_public=status == "approved",
        )
        for number in range(len(answered))
    )
    keys, levels, roots = [comment.pk for comment in comments], [], []
    for above in answered:
        levels.append(0 if above is None else levels[above] + 1)
        roots.append(None if above is None else roots[above] or keys[above])
    above = [None if above is None else keys[above] for above in answered]
    with connection.cursor() as cursor:
        cursor.executemany(_THREAD_ROW, list(zip(keys, levels, strict=True)))
        rows = zip(keys, [status] * len(keys), [post.pk] * len(keys), above, roots, strict=True)
        cursor.executemany(_OWN_ROW, list(rows))
    return keys


_THREAD_ROW = """
    INSERT INTO django_comments_xtd_xtdcomment
    (comment_ptr_id, level, thread_id, parent_id, "order", followup, nested_count)
    VALUES (%s, %s, 0, 0, 1, FALSE, 0)
"""
_OWN_ROW = """
    INSERT INTO blog_comments_readercomment
    (xtdcomment_ptr_id, status, page_id, in_reply_to_id, root_id,
     under_held, by_staff, revision, version, reason)
    VALUES (%s, %s, %s, %s, %s, FALSE, FALSE, 1, 1, '')
"""
