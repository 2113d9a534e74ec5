"""
Who runs the site and how that looks: what pages, mails, feeds and errors have in common.

    models       the site's identity, as its owner decides it
    colours      an accent colour, and those that go with it at the contrast WCAG asks for
    stylesheet   the brand's sheet: custom properties that the stylesheet of all sites reads
    memory       the identity of the default site, known to each process without asking every time
    names        the site's name, for all that is no page
    clock        the site's language and time zone, around each request and each mail
    views        the sheet, sent
"""
