"""
The moderation desk: where held comments are read and decided.

    urls            its addresses below /admin/comments/
    views           the lists, one tab for each state, and what every view of the desk needs
    act_views       decide many at once, or everything a filter finds, in batches
    case_views      one comment with everything a moderator needs to decide on it
    people_views    one person: notes, bans, revealing an address; banned domains
    statistics_views    who decided what, as a page and as a file; `figures` adds them up
    lists filters   which comments a tab and a filter find
    outcomes        what became of comments, in sentences
    cards dossier   what is shown of one comment, of one person; never the address
    page_admin      reader comments beside the editor of a page, in lists of pages, in the user bar
    forms           what a moderator may type
    api             the same desk as JSON, with a moderator's token
"""
