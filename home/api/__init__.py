"""
The site as JSON.

    pages     one page of any type, by its key or by its path
    previews  a draft, by a token
    site      who runs the site, and its menus
    search    what is found
    contact   the contact form
"""
