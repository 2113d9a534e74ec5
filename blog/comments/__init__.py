"""
A comment's life, in the order it is lived.

    forms           what a reader may type, and its shape
    policy          what the Discussion settings and the post say of all this
    rules           hold, spam or publish, with reasons; pure (``words`` cuts text into whole words)
    actions.submit  one transaction: reader, comment, decision, outbox (``intake`` writes them)
    queries.held    what waits for a moderator
    admin_views     the moderation desk; ``case_views``, ``people_views`` the page of one comment, one person
    actions.approve (mark_as_spam, trash, hold, reply …) a moderator decides; ``people`` is whom he bans
    dossier         what he can read of a person, never the address; ``tallies`` the numbers of pages
    actions.report  a reader says that a public comment should not be there
    authoring       its author edits it or takes it back
    changes         how a change of state is written: compare-and-set, with its decision
    queries.public_thread   what a visitor sees, as nodes of ``threads``; ``public_replies``: a long one
    notifications   what is told to whom, by the outbox: ``letters`` to readers, ``notices`` to moderators
    subscribing     a reader asks to be told, confirms, ends it; ``asking`` says whether he may be asked
    mail_views      the pages behind the links in mails
    privacy, erasing, retention   what is kept of a person: given out, erased, purged in time

Comments know a page only as ``wagtailcore.Page``. From django-comments-xtd come the model and form base; its
URLs, templates and publish cascade are not used (``checks`` sees to it).
"""
