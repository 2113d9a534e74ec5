"""
Drafts, shown before they are published: to their editors in any front end, and to whoever gets a link.

    models          a site's front end for previews; what is kept of a link
    front_ends      the address of a front end: which is taken, and how a token is added
    tokens          signed tokens of the editor's preview; nothing is stored
    drafts          from a token to the page as it stands in the draft
    sharing         links to a draft: made, opened, revoked, purged
    signals         a draft is about to be shown
    admin_previews  the editor's preview, in a front end
    admin_views     the links of a page, and all links of the site
    views           what a link opens

A form that is not saved is where Wagtail keeps it, in ``FormState``: one row for each person and page. A
token names that row and its owner, and ends after half an hour. A link is random, is stored as a digest, and
shows the latest draft as long as its maker may edit the page.
"""
