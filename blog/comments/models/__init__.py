"""
The tables of comments: what is kept, and the questions asked of it by name.

    comments       a comment, its place in a thread, its revisions
    readers        a person who gave an address, and moderators' notes on that person
    decisions      one change of state: who made it, why, and when
    tokens         secrets that let a reader act without an account
    reports        a reader's complaint about a public comment
    bans phrases   banned domains; phrases for refusals
    subscriptions  who is sent which mail
    discussion     what the owner of a site decides for all its pages
"""

from blog.comments.models.bans import DomainBan
from blog.comments.models.comments import CommentQuerySet, ReaderComment, Revision, names_of_staff
from blog.comments.models.decisions import Decision
from blog.comments.models.discussion import Discussion
from blog.comments.models.phrases import Refusal, SavedReply
from blog.comments.models.readers import Reader, ReaderNote, ReaderQuerySet
from blog.comments.models.reports import Report
from blog.comments.models.subscriptions import ModeratorNotice, Subscription, SubscriptionQuerySet
from blog.comments.models.tokens import Token, TokenQuerySet

__all__ = [
    "CommentQuerySet",
    "Decision",
    "Discussion",
    "DomainBan",
    "ModeratorNotice",
    "Reader",
    "ReaderComment",
    "ReaderNote",
    "ReaderQuerySet",
    "Refusal",
    "Report",
    "Revision",
    "SavedReply",
    "Subscription",
    "SubscriptionQuerySet",
    "Token",
    "TokenQuerySet",
    "names_of_staff",
]
