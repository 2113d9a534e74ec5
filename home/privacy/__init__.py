"""
A person's rights: what is kept under one address, told or erased, over comments, messages and waiting mail.

    person          find, export, erase; each leaves a line in Wagtail's log, without the address
    report          the export as JSON and as a page to read
    rotation        every address under the newest key, while the site runs
    admin_views     the same from the admin: the address comes by POST and is in no URL
    manage.py privacy, manage.py rotate_address_keys

What comments keep is known to ``blog.comments.privacy``, what messages keep to ``home.contact.privacy``,
what waits of the site's own mail to ``cms.outbox.privacy``.
"""
