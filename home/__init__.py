"""
The site around the blog: its pages, messages to staff, pictures, search, and people's data.

    models            home page, standard page, contact page, links at the foot, progress of the set-up
    contact/          messages: the form, the inbox, the mail
    pictures/         what may be uploaded, how it is cleaned and scaled
    privacy/          everything stored about one person, exported or erased
    setup/            from the demo to a site of one's own, in five steps
    starting          a new site that is whole, and the first log-in
    demo/             the sample site, and its removal
    privacy_words     what a site keeps about people, for its first privacy page
    planted           what the site wrote into itself, and whether it was changed since
    block_values      constructors for the values of a page's body
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
