"""One factory for each model, one trait for each state. Comments and messages come through the front door."""

import factory
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from factory.django import DjangoModelFactory
from wagtail_factories import ImageFactory, PageFactory

from blog.comments import actions
from blog.comments.models import ReaderComment
from blog.comments.submissions import Submission
from blog.models import Author, BlogIndexPage, BlogPostPage, Category
from home.models import ContactPage, HomePage, StandardPage

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


class BlogFactory(PageFactory):
    class Meta:
        model = BlogIndexPage

    title = "Blog"
    slug = "blog"
    parent = factory.LazyFunction(HomePage.objects.get)


class PostFactory(PageFactory):
    class Meta:
        model = BlogPostPage

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
    parent = factory.LazyFunction(lambda: BlogIndexPage.objects.first() or BlogFactory())


class StandardPageFactory(PageFactory):
    class Meta:
        model = StandardPage

    title = "About"
    slug = "about"
    parent = factory.LazyFunction(HomePage.objects.get)


class ContactPageFactory(PageFactory):
    class Meta:
        model = ContactPage

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
