"""
Everything readers say, from the form to the archive. Imports go down this list.

    wagtail_hooks   what Wagtail's admin shows: menu, panels, log
    management/     `manage.py comments`: the same decisions from a shell
    templatetags/   what templates of comments say to scripts
    desk/           where moderators read, filter and decide, as pages and as JSON
    posting/        the form, the pages and the API through which readers write
    privacy/        what is kept of one person: given out, erased, deleted in time
    moderation/     every change to a comment, one function for each verb, whichever door calls it
    rules/          whether a new comment is published, held or spam
    reading/        what a visitor sees: threads, replies, counts
    notifications/  which mail is due to whom, and its words
    models/         the tables
    states          the words for what can become of a comment; no imports at all

`checks` fails at start-up if anything of django-comments-xtd is used beyond its model and form base classes
(`xtd`): its URLs, templates and publishing leak addresses and lose comments. Comments know a page only as
``wagtailcore.Page``.
"""
