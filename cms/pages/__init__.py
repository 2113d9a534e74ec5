"""
What every page has, whatever its type.

    addresses       slugs that would hide something else are refused
    old_addresses   where a page was before it was renamed or moved
    scheduling      pages that expire
    languages       the language a page is shown in
    publishing      several at once, with aliases among them
    slugs           slugs in any script
    search_engines  canonical address, and pages hidden from search engines
    shared_pictures the picture that stands for a page where a link to it is shared
    feeds           Atom, sent again only when it has changed
    admin           the editor of every page
    editing         what it does beyond Wagtail's: the first save, and two editors of one page
    api             what programs get of every page
    serving         Wagtail's door, for each method that a page takes
"""
