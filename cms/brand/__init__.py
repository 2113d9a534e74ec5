"""
Who runs the site and how that looks: what pages, mails, feeds and errors have in common.

    models       the site's identity, as its owner decides it
    colours      an accent colour, and those that go with it at the contrast WCAG asks for
    stylesheet   the brand's sheet: custom properties that the stylesheet of all sites reads
    artwork      what the pictures of a brand are made of, and their addresses
    logos        how small a logo may be, and on which paper nobody would see it
    lettering    words in a picture: the bundled fonts, and how rows are set
    drawing      draws logo, icons and the pictures for shared links
    pictures     keeps them, and draws what is due
    manifest     what a browser is told that puts the site on a home screen
    memory       the identity of the default site, known to each process without asking every time
    names        the site's name, for all that is no page
    clock        the site's language and time zone, around each request and each mail
    views        sheet, pictures and manifest, sent
"""
