"""What a site keeps about people, as its settings have it: the first text of its privacy page."""

from django.utils.translation import gettext, ngettext
from wagtail.models import Site

from blog.comments.models import Discussion
from blog.comments.states import Moderation
from home.block_values import Block, bullets, callout, heading, link, paragraph
from home.contact.site_settings import MessageSettings


def body(site: Site, *, can_write: bool) -> list[Block]:
    """Return the blocks of the page. Where people can write to us, a link names that page by `contact`."""
    discussion, messages = Discussion.for_site(site), MessageSettings.for_site(site)
    comments = [] if discussion.closed else _of_comments(discussion)
    return [*_of_readers(), *comments, *_of_messages(messages), *_of_rights(can_write)]


def _of_readers() -> list[Block]:
    return [
        callout(
            "info",
            gettext("The short version"),
            gettext(
                "You can read everything here without telling us who you are. Your email address will not be"
                " published."
            ),
        ),
        heading(gettext("If you only read")),
        paragraph(
            gettext(
                "We set no cookies while you read and count no visitors. Every picture, letter and script"
                " comes from this site and from nowhere else."
            ),
        ),
    ]


def _of_comments(discussion: Discussion) -> list[Block]:
    kept = gettext(
        "We keep your name, your words and the time you sent them, for as long as the comment stays."
    )
    return [
        heading(gettext("If you leave a comment")),
        paragraph(f"{kept} {_moderation(discussion)}", _address(discussion)),
        paragraph(bullets(*_times_of_comments(discussion))),
        paragraph(
            gettext(
                "After you comment, your browser keeps a small cookie from this site for 30 days. It lets"
                " you, and only you, see your comment while it waits."
            )
        ),
    ]


def _moderation(discussion: Discussion) -> str:
    return {
        Moderation.ALL: gettext("A moderator reads every comment before it appears."),
        Moderation.UNTIL_TRUSTED: gettext(
            "A moderator reads a comment before it appears, until some of yours were approved."
        ),
        Moderation.NONE: gettext(
            "A comment appears at once, unless a rule holds it until a moderator has read it."
        ),
    }[Moderation(discussion.moderation)]


def _address(discussion: Discussion) -> str:
    asked = (
        gettext("We ask for your email address.")
        if discussion.require_address
        else gettext("You may leave your email address, and need not.")
    )
    use = gettext(
        "It is stored encrypted. We use it to tell you what became of your comment and of replies, if you"
        " asked for that, and to recognise that comments come from one person. Other readers never see it,"
        " and neither do the people you reply to."
    )
    return f"{asked} <b>{gettext('Your email address will not be published.')}</b> {use}"


def _times_of_comments(discussion: Discussion) -> list[str]:
    refused, waiting = discussion.keep_refused_days, discussion.keep_unconfirmed_days
    said = [
        ngettext(
            "Spam, and comments that were refused or withdrawn, are deleted a day after that was decided.",
            "Spam, and comments that were refused or withdrawn, are deleted %(days)s days after that was"
            " decided.",
            refused,
        )
        % {"days": refused},
        ngettext(
            "A request for mail about replies is deleted after a day unless you confirm it.",
            "A request for mail about replies is deleted after %(days)s days unless you confirm it.",
            waiting,
        )
        % {"days": waiting},
    ]
    if minutes := discussion.edit_minutes:
        yours = ngettext(
            "For a minute after you send a comment you can change or withdraw it yourself.",
            "For %(minutes)s minutes after you send a comment you can change or withdraw it yourself.",
            minutes,
        )
        said.append(yours % {"minutes": minutes})
    return said


def _of_messages(messages: MessageSettings) -> list[Block]:
    return [
        heading(gettext("If you send us a message")),
        paragraph(
            gettext(
                "We read it and answer you. It is not published, and the address you give is stored"
                " encrypted. Please put no health records and no card details in a message."
            )
        ),
        paragraph(bullets(*_times_of_messages(messages))),
    ]


def _times_of_messages(messages: MessageSettings) -> list[str]:
    said = [_handled(messages.keep_handled_days), _spam(messages.keep_spam_days)]
    if messages.words_in_mail:
        said.append(gettext("What you write also goes by mail to the people here who answer it."))
    if messages.take_files:
        said.append(gettext("Files that you send are kept as long as the message."))
    if messages.offer_copy:
        said.append(gettext("A request for a copy is deleted after 14 days unless you confirm it."))
    return said


def _handled(days: int | None) -> str:
    if days is None:
        return gettext("A message stays until we delete it.")
    said = ngettext(
        "A message is deleted a day after it was answered.",
        "A message is deleted %(days)s days after it was answered.",
        days,
    )
    return said % {"days": days}


def _spam(days: int) -> str:
    said = ngettext("Spam is deleted after a day.", "Spam is deleted after %(days)s days.", days)
    return said % {"days": days}


def _of_rights(can_write: bool) -> list[Block]:
    seen = [
        gettext("Everyone: comments that were approved, with the name you chose."),
        gettext("Moderators: comments that wait, and those they refused."),
        gettext("The people who answer messages: what was sent with the contact form."),
        gettext("Third parties: nothing. There are no adverts and no trackers on these pages."),
    ]
    removal = gettext(
        "We will send you what the site keeps about you, or remove it. You need not give a reason. If you"
        " remove a comment, replies that other people wrote to it stay."
    )
    form = link("contact", gettext("contact form")) if can_write else ""
    ask = gettext("Write to us with the %(form)s.") % {"form": form} if form else gettext("Tell us.")
    abuse = gettext(
        "Against abuse, a fingerprint of the connection that a comment or a message came from is kept for a"
        " day. It can be read by nobody, and the network address itself is never stored."
    )
    return [
        heading(gettext("Who can see what")),
        paragraph(bullets(*seen), abuse),
        heading(gettext("How to get it or have it removed")),
        paragraph(f"{ask} {removal}"),
    ]
