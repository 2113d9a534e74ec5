"""
The site around the blog: its pages, messages to staff, pictures, search, and people's data.

    models            home page, standard page, contact page, links at the foot, progress of the set-up
    contact/          messages: the form, the inbox, the mail
    pictures/         what may be uploaded, how it is cleaned and scaled
    privacy/          everything stored about one person, exported or erased
    demo/             the sample site
    setup/            from the demo to a site of one's own, in five steps
    api/              pages of every type, site, menus, search and contact as JSON
    navigation        the menu, and the pages that a site has once
    search sitemap    what visitors and search engines find
    address           the site's host follows SITE_URL
    redirect_import   redirects from a file
    shared_passwords  a check: Wagtail stores them in plain text
    tree_repair       page trees that a failed copy left broken
    wagtail_hooks     what Wagtail's admin shows of all this
    management/       the commands; templatetags/ template tags
"""
