"""
A person's rights: all data stored under one address, exported or erased: comments, messages, mail, and more.

    person          finds, exports, erases; each leaves an entry in Wagtail's log, without the address
    export          the same as JSON and as a page to read
    rotation        re-encrypts every address with the newest key, while the site runs
    admin_views     the same in the admin: the address is sent by POST and never in a URL (`forms`)
    manage.py privacy, manage.py rotate_address_keys

Each app knows its own data: ``blog.comments.privacy``, ``home.contact.privacy``, ``cms.invitations.privacy``
and, for the site's own queued mail, ``cms.outbox.privacy``.
"""
